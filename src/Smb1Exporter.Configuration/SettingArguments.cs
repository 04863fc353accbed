namespace Smb1Exporter.Configuration;

/// <summary>Tells settings on the command line (<c>--Section:Key=value</c>, <c>--urls value</c>) from commands and options. Pure.</summary>
public static class SettingArguments
{
    /// <summary>Settings of .NET and its web server without a section.</summary>
    private static readonly string[] Standard = ["Urls", "http_ports", "https_ports", "AllowedHosts"];

    /// <summary>The settings and the other arguments, each in their order. What follows <c>--</c> is no setting.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="section">The program's own section.</param>
    /// <exception cref="StartupException">A setting has no value, or its section does not exist.</exception>
    public static (IReadOnlyList<KeyValuePair<string, string?>> Settings, IReadOnlyList<string> Others) Split(
        IReadOnlyList<string> arguments, string section)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var settings = new List<KeyValuePair<string, string?>>();
        var others = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                others.AddRange(arguments.Skip(i));
                break;
            }

            var parts = argument.Split('=', 2);
            if (!IsSetting(argument, parts[0], section))
            {
                others.Add(argument);
            }
            else if (parts.Length == 2)
            {
                settings.Add(new(parts[0][2..], parts[1]));
            }
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                settings.Add(new(parts[0][2..], arguments[++i]));
            }
            else
            {
                throw new StartupException($"'{Wording.Shown(argument)}' needs a value: {Wording.Shown(argument)}=VALUE.");
            }
        }

        return (settings, others);
    }

    private static bool IsSetting(string argument, string name, string section)
    {
        if (!name.StartsWith("--", StringComparison.Ordinal))
        {
            return false;
        }

        var path = name[2..].Split(':', 2);
        if (path.Length == 1)
        {
            return Standard.Contains(path[0], StringComparer.OrdinalIgnoreCase);
        }

        string[] sections = [section, "Kestrel", "Logging"];
        return sections.Contains(path[0], StringComparer.OrdinalIgnoreCase) ? true : throw new StartupException(
            $"'{Wording.Shown(argument)}' is not a setting: there is no section {Wording.Shown(path[0])}."
            + (Wording.Nearest(path[0], sections) is { } nearest ? $" Did you mean {nearest}?" : $" Sections are {string.Join(", ", sections)}."));
    }
}
