namespace Smb1Exporter.Auditing;

/// <summary>Reads options from the command line of smbd (smbd(8)).</summary>
internal static class SmbdOptions
{
    private const string ShortWithoutValue = "DFSib";

    /// <summary>The value of an option in any of the forms that popt takes (<c>-l x</c>, <c>-lx</c>, <c>-Fl x</c>, <c>--long=x</c>); the last one counts.</summary>
    /// <param name="arguments">The command line, the program first.</param>
    /// <param name="shortName">The option's letter.</param>
    /// <param name="longName">The option's name, with its two dashes.</param>
    public static string? Find(IReadOnlyList<string> arguments, char shortName, string longName)
    {
        string? found = null;
        for (var i = 1; i < arguments.Count; i++)
        {
            var (argument, next) = (arguments[i], i + 1 < arguments.Count ? arguments[i + 1] : null);
            if (argument == "--")
            {
                break;
            }

            if (argument.StartsWith(longName + "=", StringComparison.Ordinal))
            {
                found = argument[(longName.Length + 1)..];
            }
            else if (argument == longName || (ValueOfShort(argument, shortName) is { Length: 0 }))
            {
                found = next;
                i++;
            }
            else if (ValueOfShort(argument, shortName) is { } value)
            {
                found = value;
            }
        }

        return string.IsNullOrEmpty(found) ? null : found;
    }

    /// <summary>What stands behind the letter, also where options without a value are joined with it; null where the argument is another one.</summary>
    private static string? ValueOfShort(string argument, char name)
    {
        if (argument is not ['-', not '-', ..])
        {
            return null;
        }

        var options = argument.AsSpan(1).TrimStart(ShortWithoutValue);
        return options.Length > 0 && options[0] == name ? options[1..].TrimStart('=').ToString() : null;
    }
}
