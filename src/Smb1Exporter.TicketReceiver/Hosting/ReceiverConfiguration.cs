namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>The receiver's settings before they are read.</summary>
internal static class ReceiverConfiguration
{
    public const string DefaultUrl = "http://127.0.0.1:10446";

    // Our own log lines say what happened; those of the parts below only repeat it.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "None",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <exception cref="StartupException">A file cannot be read.</exception>
    public static void Load(ConfigurationManager configuration, string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine)
    {
        ConfigurationSources.Load(configuration, configFile, commandLine, Defaults);
        Listening.UseDefault(configuration, DefaultUrl);
    }
}
