using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>A /proc of a test's own: folders, files and links as proc(5) describes them.</summary>
internal sealed class FakeProc : IDisposable
{
    public const string OwnNetwork = "net:[4026531833]";
    public const string Heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private readonly TemporaryFolder _folder = new();

    public FakeProc()
    {
        AddProcess(1, "systemd");
        AddNamespaces("self", OwnNetwork);
        WriteTables("self", "", "");
    }

    public string Folder => _folder.Path;

    /// <summary>A row of a list of sockets that listens, such as ("0100007F:01BD", 4711).</summary>
    public static string Row(string local, int inode, string state = "0A") =>
        $"   0: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 {inode} 1 000000007d0fa5b5 100 0 0 10 0\n";

    public void Write(string path, string text)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public void Link(string path, string target)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.CreateSymbolicLink(file, target);
    }

    public void AddProcess(int id, string name, string? program = null, int parent = 1, char state = 'S', string network = OwnNetwork, int[]? sockets = null, int user = 0)
    {
        Write($"{id}/status", $"Name:\t{name}\nPPid:\t{parent}\nUid:\t{user}\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
        Write($"{id}/comm", name + "\n");
        Write($"{id}/stat", $"{id} ({name}) {state} {parent} {id} {id} 0 -1 4194560 2281 3283 19 1 2 3 2 1 20 0 1 0 5833172 83005440 5673\n");
        Directory.CreateDirectory(Path.Combine(Folder, $"{id}/fd"));
        if (program is not null)
        {
            Link($"{id}/exe", program);
        }

        if (state != 'Z')
        {
            AddNamespaces($"{id}", network);
        }

        var descriptor = 3;
        Link($"{id}/fd/0", "/dev/null");
        foreach (var socket in sockets ?? [])
        {
            Link($"{id}/fd/{descriptor++}", $"socket:[{socket}]");
        }
    }

    /// <summary>The lists of the network namespace that a process is in.</summary>
    public void WriteTables(string process, string tcp, string? tcp6, string? addresses = null)
    {
        Write($"{process}/net/tcp", Heading + tcp);
        if (tcp6 is not null)
        {
            Write($"{process}/net/tcp6", Heading + tcp6);
            Write($"{process}/net/if_inet6", addresses ?? "00000000000000000000000000000001 01 80 10 80       lo\n");
        }
    }

    /// <summary>Makes a process one that may not be looked at.</summary>
    public void Hide(int id)
    {
        File.Delete(Path.Combine(Folder, $"{id}/ns/net"));
        Directory.Delete(Path.Combine(Folder, $"{id}/fd"), recursive: true);
    }

    public void Dispose() => _folder.Dispose();

    private void AddNamespaces(string process, string network)
    {
        Link($"{process}/ns/net", network);
        Link($"{process}/ns/pid", "pid:[4026531836]");
    }
}
