using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Smb1Exporter.State;

/// <summary>
/// A small file beside the state file that says how far it was written, and that the exporter is alive. By it an older copy of the state file is
/// noticed, and <c>report</c> knows whether what it reads is fresh. Written in place, so that a full disk does not stop it; a mark that cannot be
/// written or read proves nothing, and hinders nothing.
/// </summary>
/// <param name="path">The state file.</param>
internal sealed class StateMark(string path)
{
    private const int Size = 256;
    private string _installation = "";
    private long _commits;
    private string _problem = "";

    /// <summary>Where the mark of a state file lies.</summary>
    public static string PathOf(string path) => path + ".mark";

    /// <summary>Whether the state file was written less often than the mark says.</summary>
    public bool IsBehind(StoredState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Read(path) is { } mark
            && mark.Installation == state.Values.GetValueOrDefault(StateNames.Installation)
            && CommitsOf(state) < mark.Commits;
    }

    /// <summary>Notes that the state file was written.</summary>
    public void NoteWrite(StoredState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_installation, _commits, _problem) = (state.Values.GetValueOrDefault(StateNames.Installation, ""), CommitsOf(state), "");
        Write();
    }

    /// <summary>Notes that the exporter is alive, and what keeps it from writing the state file, if anything does.</summary>
    public void NoteAlive(string problem)
    {
        _problem = problem;
        Write();
    }

    public void Remove() => File.Delete(PathOf(path));

    /// <summary>What a mark says; null where there is none that can be read.</summary>
    public static MarkReading? Read(string path)
    {
        try
        {
            // Shared with its writer, which would be refused else on Windows.
            using var reader = new StreamReader(new FileStream(PathOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            var lines = reader.ReadToEnd().Split('\n');
            return lines.Length >= 5
                && lines[4] == SumOf(lines.Take(4))
                && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var commits)
                && long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out var alive)
                ? new MarkReading(lines[0], commits, TimeSpan.FromMilliseconds(alive), lines[3])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Time since this machine was started, which all its programs see alike.</summary>
    public static TimeSpan SinceBoot() => TimeSpan.FromMilliseconds(Environment.TickCount64);

    private void Write()
    {
        string[] lines =
        [
            _installation,
            _commits.ToString(CultureInfo.InvariantCulture),
            ((long)SinceBoot().TotalMilliseconds).ToString(CultureInfo.InvariantCulture),
            _problem.Length == 0 ? "" : "not written",
        ];
        try
        {
            using var file = new FileStream(PathOf(path), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
            file.Write(Encoding.UTF8.GetBytes(string.Join('\n', [.. lines, SumOf(lines), ""]).PadRight(Size)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads a mark that is not renewed takes the exporter for stopped.
        }
    }

    private static long CommitsOf(StoredState state) =>
        long.TryParse(state.Values.GetValueOrDefault(StateNames.Commits), NumberStyles.None, CultureInfo.InvariantCulture, out var commits) ? commits : 0;

    private static string SumOf(IEnumerable<string> lines) => Convert.ToHexString(XxHash3.Hash(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}

/// <summary>What the mark beside a state file says.</summary>
/// <param name="Installation">The installation to whose state file it belongs.</param>
/// <param name="Commits">How often the state file had been written.</param>
/// <param name="Alive">When the exporter was alive, since the machine was started.</param>
/// <param name="Problem">Not empty where the state file could not be written.</param>
internal sealed record MarkReading(string Installation, long Commits, TimeSpan Alive, string Problem);
