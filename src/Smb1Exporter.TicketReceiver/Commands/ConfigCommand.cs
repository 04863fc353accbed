using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary><c>config</c>: prints the settings that hold, wherever they come from. Of a secret only that there is one, or its file.</summary>
internal static class ConfigCommand
{
    private static readonly string[] Addresses = ["Urls", "http_ports", "https_ports"];

    /// <exception cref="StartupException">The settings are wrong.</exception>
    public static async Task<int> RunAsync(string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        using var configuration = new ConfigurationManager();
        ReceiverConfiguration.Load(configuration, configFile, settings);
        foreach (var (key, value) in ReceiverOptionsReader.Effective(configuration).Where(setting => setting.Value.Length > 0))
        {
            await output.WriteAsync($"{ReceiverOptionsReader.Section}:{key} = {value.ReplaceLineEndings("\\n")}\n");
        }

        foreach (var key in Addresses.Where(key => !string.IsNullOrEmpty(configuration[key])))
        {
            await output.WriteAsync($"{key} = {configuration[key]}\n");
        }

        return 0;
    }
}
