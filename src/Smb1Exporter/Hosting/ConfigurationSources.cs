namespace Smb1Exporter.Hosting;

/// <summary>Where settings come from, later wins: appsettings.json beside the program, a named file, environment, command line.</summary>
public static class ConfigurationSources
{
    private static readonly string[] KnownRoots = [Settings.Section, "Urls", "Kestrel", "Logging"];

    /// <summary>Adds the sources in order.</summary>
    /// <param name="configuration">Built up from nothing.</param>
    /// <param name="configFile">The file named with <c>--config</c>, or null.</param>
    /// <param name="arguments">The rest of the command line: <c>--Key=value</c> or <c>--Key value</c>.</param>
    /// <exception cref="StartupException">A file is missing or broken, or an argument is not a setting.</exception>
    public static void Add(IConfigurationBuilder configuration, string? configFile, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        CheckArguments(arguments);
        if (configFile is not null && !File.Exists(configFile))
        {
            throw new StartupException($"The configuration file {Path.GetFullPath(configFile)} does not exist; correct --config.");
        }

        try
        {
            configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false);
            if (configFile is not null)
            {
                configuration.AddJsonFile(Path.GetFullPath(configFile), optional: false, reloadOnChange: false);
            }

            configuration.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine([.. arguments]);
        }
        catch (InvalidDataException e)
        {
            throw new StartupException($"{e.Message} {e.InnerException?.Message}".TrimEnd(), e);
        }
    }

    private static void CheckArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? argument : argument[..equals];
            if (!key.StartsWith("--", StringComparison.Ordinal) || !IsKnown(key[2..]))
            {
                throw new StartupException($"'{argument}' is not an option. smb1-exporter --help lists them.");
            }

            if (equals < 0 && (++i == arguments.Count || arguments[i].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new StartupException($"'{argument}' needs a value: {argument}=VALUE.");
            }
        }
    }

    private static bool IsKnown(string key) => KnownRoots.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);
}
