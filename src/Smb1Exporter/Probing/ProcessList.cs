using System.Globalization;
using Smb1Exporter.Auditing;
using Smb1Exporter.Files;

namespace Smb1Exporter.Probing;

/// <summary>What Linux tells of the processes of this machine (proc(5)). Processes end at any time: what is asked of one that has is null.</summary>
/// <param name="folder">Where it is mounted: /proc.</param>
internal sealed class ProcessList(string folder = "/proc")
{
    private const int Init = 1;
    private const string FirstProcessNamespace = "pid:[4026531836]"; // PROC_PID_INIT_INO of the kernel, the same on every machine

    /// <summary>Whether the list can be read at all.</summary>
    public bool IsAvailable => Directory.Exists(FolderOf("self"));

    /// <summary>Whether other accounts' processes are in the list: proc can be mounted so that they are not (hidepid).</summary>
    public bool ShowsOthers => ReadText(Init, "comm") is not null;

    /// <summary>Whether all processes of the machine are in the list: in a container there are only its own.</summary>
    public bool ShowsWholeMachine => LinkOf("self", "ns/pid") == FirstProcessNamespace;

    /// <summary>The processes of Samba, without those that have ended.</summary>
    public IEnumerable<SambaProcess> FindSamba() =>
        from directory in Directory.EnumerateDirectories(folder)
        let name = Path.GetFileName(directory)
        where char.IsAsciiDigit(name[0])
        let id = int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
        where id > 0
        let process = FindSamba(id)
        where process is not null
        select process.Value;

    /// <summary>A process, if it is one of Samba; null for all others, and for one that has ended.</summary>
    public SambaProcess? FindSamba(int id) =>
        ReadText(id, "comm") is { } name ? SambaProcess.Recognize(id, name.TrimEnd('\n'), LinkOf(Name(id), "exe")) : null;

    public ProcessStatus? StatusOf(int id) => ReadText(id, "stat") is { } text ? ProcessStatus.Parse(text) : null;

    /// <summary>The network namespace of a process as a name; empty where the kernel knows only one. Null: the process has ended, or may not be looked at.</summary>
    public string? NetworkNamespaceOf(string process) =>
        LinkOf(process, "ns/net") ?? (Directory.Exists(Path.Join(FolderOf(process), "ns")) && !HasNamespaces ? "" : null);

    /// <summary>The inodes of the sockets that a process holds; null where it has ended or may not be looked at.</summary>
    public IReadOnlyList<ulong>? SocketsOf(int id, int limit)
    {
        try
        {
            var sockets = OpenDescriptors.Of(FolderOf(Name(id))).Select(open => InodeOf(open.Target)).Take(limit + 1).ToList();
            return sockets.Count > limit ? null : [.. sockets.OfType<ulong>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process runs in a container, which numbers processes anew.</summary>
    public bool IsInContainer(int id) => LinkOf(Name(id), "ns/pid") != LinkOf("self", "ns/pid");

    /// <summary>Whether root started a process: its real user, whatever it does on behalf of whom.</summary>
    public bool IsOfRoot(int id)
    {
        const string User = "\nUid:\t";
        return ReadText(id, "status") is { } text
            && text.IndexOf(User, StringComparison.Ordinal) is var at and >= 0
            && text.AsSpan(at + User.Length).StartsWith("0\t");
    }

    /// <summary>
    /// The smb.conf that an smbd was started with, as a path from its own root directory; null without the option, and where it cannot be seen.
    /// </summary>
    public string? ConfigFileOf(int id)
    {
        var file = ReadText(id, "cmdline") is { } line ? SmbdOptions.Find(line.Split('\0'), 's', "--configfile") : null;
        return file is null || Path.IsPathRooted(file) ? file
            : LinkOf(Name(id), "cwd") is { } directory ? Path.GetFullPath(file, directory)
            : null;
    }

    /// <summary>Opens a file of a process; null where there is none, the process has ended, or it may not be read.</summary>
    public FileStream? Open(string process, string file)
    {
        try
        {
            return new FileStream(Path.Join(FolderOf(process), file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How long the machine has been running, in seconds; null where it cannot be read.</summary>
    public double? Uptime
    {
        get
        {
            try
            {
                return double.TryParse(
                    File.ReadAllText(Path.Join(folder, "uptime")).Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    private bool HasNamespaces => LinkOf("self", "ns/net") is not null;

    public static string Name(int id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The number in <c>socket:[4711]</c>; null for anything else.</summary>
    private static ulong? InodeOf(string target) =>
        target.StartsWith("socket:[", StringComparison.Ordinal)
        && ulong.TryParse(target.AsSpan("socket:[".Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? inode
            : null;

    private string FolderOf(string process) => Path.Join(folder, process);

    private string? LinkOf(string process, string link)
    {
        try
        {
            return new FileInfo(Path.Join(FolderOf(process), link)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string? ReadText(int id, string file)
    {
        try
        {
            return File.ReadAllText(Path.Join(FolderOf(Name(id)), file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
