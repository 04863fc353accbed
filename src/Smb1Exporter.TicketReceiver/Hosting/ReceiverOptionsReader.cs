using Smb1Exporter.TicketReceiver.Composing;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Reads section <c>Receiver</c>.</summary>
internal static class ReceiverOptionsReader
{
    public const string Section = "Receiver";

    /// <summary>The settings that exist.</summary>
    public static IReadOnlyList<string> Keys
    {
        get
        {
            using var nothing = new ConfigurationManager();
            var reader = new SectionReader(nothing, Section);
            Read(reader);
            return reader.Keys;
        }
    }

    /// <exception cref="StartupException">A key is unknown or a value is wrong.</exception>
    public static ReceiverOptions Read(IConfiguration configuration)
    {
        var reader = new SectionReader(configuration, Section);
        var options = Read(reader);
        reader.ThrowIfWrong();
        return options;
    }

    private static ReceiverOptions Read(SectionReader reader) => new()
    {
        Database = reader.Value(nameof(ReceiverOptions.Database), DefaultDatabase(), Path.GetFullPath, "a path"),
        TokenFile = reader.Value<string?>(nameof(ReceiverOptions.TokenFile), null, Path.GetFullPath, "a path"),
        TicketingSystem = reader.Choice(nameof(ReceiverOptions.TicketingSystem), TicketingSystemKind.BuiltIn),
        Repeat = reader.Choice(nameof(ReceiverOptions.Repeat), RepeatMode.Continuous),
        SubjectTemplate = reader.Given(
            nameof(ReceiverOptions.SubjectTemplate), TicketTemplate.ForSubject(TicketTemplate.DefaultSubject), TicketTemplate.ForSubject),
        BodyTemplate = reader.Given(nameof(ReceiverOptions.BodyTemplate), TicketTemplate.ForBody(TicketTemplate.DefaultBody), TicketTemplate.ForBody),
        MaxRequestBytes = reader.Number(
            nameof(ReceiverOptions.MaxRequestBytes), 4L * 1024 * 1024, 1024, 1024 * 1024 * 1024, "a whole number of bytes"),
        DuplicateWindow = reader.Duration(
            nameof(ReceiverOptions.DuplicateWindow), TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)),
    };

    private static string DefaultDatabase() => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "smb1-ticket-receiver", "tickets.db")
        : "/var/lib/smb1-ticket-receiver/tickets.db";
}
