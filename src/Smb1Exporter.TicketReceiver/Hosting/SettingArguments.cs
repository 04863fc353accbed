namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Tells settings on the command line (<c>--Receiver:Repeat=Once</c>, <c>--urls ADDRESS</c>) from commands and options. Pure.</summary>
internal static class SettingArguments
{
    private static readonly string[] Sections = ["Receiver", "Kestrel", "Logging"];

    /// <summary>The settings, and the other arguments in their order.</summary>
    /// <exception cref="StartException">A setting has no value or cannot be one.</exception>
    public static (IReadOnlyList<KeyValuePair<string, string?>> Settings, IReadOnlyList<string> Others) Split(IReadOnlyList<string> arguments)
    {
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

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !IsSetting(name[2..]))
            {
                others.Add(argument);
            }
            else if (equals >= 0)
            {
                settings.Add(new(name[2..], argument[(equals + 1)..]));
            }
            else if (i + 1 < arguments.Count)
            {
                settings.Add(new(name[2..], arguments[++i]));
            }
            else
            {
                throw new StartException($"{name} needs a value: {name}=VALUE");
            }
        }

        return (settings, others);
    }

    private static bool IsSetting(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return ReceiverKeys.Standard.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        var section = name[..colon];
        return Sections.Contains(section, StringComparer.OrdinalIgnoreCase)
            ? true
            : throw new StartException(
                $"--{name}: unknown section {section}{ReceiverKeys.DidYouMean(section, Sections)} "
                + $"Known sections are {string.Join(", ", Sections)}.");
    }
}
