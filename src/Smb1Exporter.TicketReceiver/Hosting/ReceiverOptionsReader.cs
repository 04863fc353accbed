using Smb1Exporter.TicketReceiver.Access;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;

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

    /// <summary>The settings that hold, of secrets only that there are some.</summary>
    /// <exception cref="StartupException">A key is unknown or a value is wrong.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Effective(IConfiguration configuration)
    {
        var reader = new SectionReader(configuration, Section);
        Read(reader);
        reader.ThrowIfWrong();
        return reader.Effective;
    }

    // In this order the settings are listed, and what is wrong with them.
    private static ReceiverOptions Read(SectionReader reader)
    {
        var database = DatabaseSettings.Read(reader);
        var access = AccessOptions.Read(reader);
        var (ticketing, system) = TicketingSettings.Read(reader);
        return new ReceiverOptions(
            database,
            access,
            ticketing,
            system,
            DeliveryOptions.Read(reader),
            ComposingOptions.Read(reader),
            AlertsOptions.Read(reader),
            OutboxOptions.Read(reader),
            reader.Secrets);
    }
}
