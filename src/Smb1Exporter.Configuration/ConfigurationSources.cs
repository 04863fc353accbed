using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Smb1Exporter.Configuration;

/// <summary>Where settings come from, later wins: appsettings.json beside the program, a named file, environment, command line.</summary>
public static class ConfigurationSources
{
    /// <summary>The file beside the program.</summary>
    public const string FileName = "appsettings.json";

    /// <summary>Puts the sources in place of those that are there.</summary>
    /// <param name="configuration">Filled.</param>
    /// <param name="configFile">The file named with <c>--config</c>, or null.</param>
    /// <param name="commandLine">Settings of the command line; of one given twice the later holds.</param>
    /// <param name="defaults">What holds where no source says otherwise.</param>
    /// <exception cref="StartupException">A file cannot be read.</exception>
    public static void Load(
        ConfigurationManager configuration,
        string? configFile,
        IEnumerable<KeyValuePair<string, string?>> commandLine,
        IEnumerable<KeyValuePair<string, string?>>? defaults = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(commandLine);
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection(defaults);
        var besideProgram = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(besideProgram))
        {
            AddFile(configuration, besideProgram);
        }

        if (configFile is not null)
        {
            AddFile(configuration, configFile);
        }

        configuration.AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables();
        var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in commandLine)
        {
            given[key] = value;
        }

        configuration.AddInMemoryCollection(given);
    }

    private static void AddFile(ConfigurationManager configuration, string path)
    {
        try
        {
            path = Path.GetFullPath(path);
            configuration.AddJsonStream(new MemoryStream(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or ArgumentException)
        {
            throw new StartupException(
                $"The settings file {Wording.Shown(path)} cannot be read: {e.Message.TrimEnd('.')}. Correct the file or --config.", e);
        }
    }
}
