using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Where settings come from; later wins: appsettings.json beside the program, the file of <c>--config</c>, environment, command line.</summary>
internal static class ReceiverConfiguration
{
    private const string DefaultUrl = "http://127.0.0.1:10446";

    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    // Our own log lines say what happened; those of the parts below only repeat it.
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Microsoft.EntityFrameworkCore"] = "None",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "None",
    };

    /// <exception cref="StartException">A file cannot be read.</exception>
    public static void Load(ConfigurationManager configuration, string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine)
    {
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection(Defaults);
        AddFile(configuration, Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true);
        if (configFile is not null)
        {
            AddFile(configuration, Path.GetFullPath(configFile), optional: false);
        }

        configuration.AddEnvironmentVariables("DOTNET_");
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        configuration.AddEnvironmentVariables();
        foreach (var (key, value) in commandLine)
        {
            // One after the other: of a setting given twice the later one holds.
            configuration.AddInMemoryCollection([new(key, value)]);
        }

        if (NamesNoAddress(configuration))
        {
            configuration["urls"] = DefaultUrl;
        }
    }

    private static bool NamesNoAddress(ConfigurationManager configuration) =>
        AddressKeys.All(key => string.IsNullOrWhiteSpace(configuration[key]))
        && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    private static void AddFile(ConfigurationManager configuration, string path, bool optional)
    {
        try
        {
            if (optional && !File.Exists(path))
            {
                return;
            }

            using var file = File.OpenRead(path);
            var content = new MemoryStream();
            file.CopyTo(content);
            content.Position = 0;
            configuration.AddJsonStream(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new StartException($"The settings file {path} cannot be read: {e.Message} Correct the file or the path.", e);
        }
    }
}
