using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Reads section <c>Receiver</c>.</summary>
internal static partial class ReceiverOptionsReader
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

    /// <summary>The settings that hold, of secrets only that there are some.</summary>
    /// <exception cref="StartupException">A key is unknown or a value is wrong.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Effective(IConfiguration configuration)
    {
        var reader = new SectionReader(configuration, Section);
        Read(reader);
        reader.ThrowIfWrong();
        return reader.Effective;
    }

    private static ReceiverOptions Read(SectionReader reader)
    {
        var database = DatabaseLocation.Read(reader);
        var tokenFile = reader.Value<string?>(nameof(ReceiverOptions.TokenFile), null, Path.GetFullPath, "a path");
        var kind = reader.Choice(nameof(ReceiverOptions.TicketingSystem), TicketingSystemKind.BuiltIn);
        var system = TicketingSettings.Read(reader, kind);
        return new ReceiverOptions
        {
            Database = database,
            TokenFile = tokenFile,
            TicketingSystem = kind,
            System = system,
            Secrets = reader.Secrets,
            Routes = CustomerRoutes.Read(reader, kind, system),
            KeyPrefix = reader.Value(
                nameof(ReceiverOptions.KeyPrefix),
                "smb1",
                text => KeyPrefixPattern().IsMatch(text) ? text : throw new FormatException(),
                "1 to 16 lower-case letters, digits and hyphens, a letter first"),
            CaFile = reader.Value<string?>(nameof(ReceiverOptions.CaFile), null, Path.GetFullPath, "a path"),
            RequestTimeout = reader.Duration(
                nameof(ReceiverOptions.RequestTimeout), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            MaxParallelDeliveries = reader.Number(nameof(ReceiverOptions.MaxParallelDeliveries), 4, 1, 64),
            RetryPace = RetryPace.Read(reader),
            Repeat = reader.Choice(nameof(ReceiverOptions.Repeat), RepeatMode.Continuous),
            SubjectTemplate = reader.Given(
                nameof(ReceiverOptions.SubjectTemplate), TicketTemplate.ForSubject(TicketTemplate.DefaultSubject), TicketTemplate.ForSubject),
            BodyTemplate = reader.Given(
                nameof(ReceiverOptions.BodyTemplate), TicketTemplate.ForBody(TicketTemplate.DefaultBody), TicketTemplate.ForBody),
            MaxRequestBytes = reader.Number(
                nameof(ReceiverOptions.MaxRequestBytes), 4L * 1024 * 1024, 1024, 1024 * 1024 * 1024, "a whole number of bytes"),
            KeepDeliveries = reader.Duration(
                nameof(ReceiverOptions.KeepDeliveries), TimeSpan.FromDays(7), TimeSpan.FromDays(1), TimeSpan.FromDays(3650)),
            DuplicateWindow = reader.Duration(
                nameof(ReceiverOptions.DuplicateWindow), TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1)),
        };
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,15}$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPrefixPattern();
}
