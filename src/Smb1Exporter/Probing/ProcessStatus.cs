using System.Globalization;

namespace Smb1Exporter.Probing;

/// <summary>What /proc/PID/stat says of a process (proc(5)). Pure.</summary>
/// <param name="State">R, S, D, …; Z for one that has ended and is not yet collected.</param>
/// <param name="ParentId">The process that started it; 1 once that has ended.</param>
/// <param name="Started">When it was started, in hundredths of a second since the machine's start (USER_HZ, which is 100 on all that .NET runs on).</param>
internal readonly record struct ProcessStatus(char State, int ParentId, long Started)
{
    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => State is 'Z' or 'X' or 'x';

    /// <summary>Reads the one line of the file; null where it is of another form.</summary>
    public static ProcessStatus? Parse(string text)
    {
        const int Started = 22 - 3;

        // The second field is the name in brackets, which may itself hold blanks and brackets; the third is the state.
        var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return fields.Length > Started
            && fields[0] is [var state]
            && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
            && long.TryParse(fields[Started], NumberStyles.None, CultureInfo.InvariantCulture, out var started)
            ? new ProcessStatus(state, parent, started)
            : null;
    }
}
