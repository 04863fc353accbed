namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// The SMB server's configuration that the stand-in for Windows PowerShell reads and writes, and what was asked of that PowerShell. Each
/// change puts a new file in the place of the old one.
/// </summary>
internal sealed class StandInSmbServer
{
    private readonly string _folder;

    /// <summary>Makes a server that serves SMB1 and does not audit it.</summary>
    /// <param name="folder">The folder that the stand-ins read.</param>
    /// <param name="fault">See tests/WineStandIns/PowerShell/Modules/SmbShare/SmbShare.psm1 and Program.cs beside it.</param>
    public StandInSmbServer(string folder, string fault = "none")
    {
        _folder = folder;
        Write(new Dictionary<string, string> { ["EnableSMB1Protocol"] = "True", ["AuditSmb1Access"] = "False", ["fault"] = fault });
    }

    public bool IsAudited
    {
        get => Get("AuditSmb1Access") == "True";
        set => Set("AuditSmb1Access", $"{value}");
    }

    /// <summary>The open sessions: id, age in seconds, dialect, node, scope and client, with | between them.</summary>
    public IReadOnlyList<string> Sessions
    {
        set => File.WriteAllLines(Path.Combine(_folder, "sessions.txt"), value);
    }

    /// <summary>The command lines of every run of PowerShell, as Windows had them, quotes and all.</summary>
    public IReadOnlyList<string> CommandLines => File.Exists(LogFile)
        ? [.. File.ReadAllLines(LogFile).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])]
        : [];

    private string LogFile => Path.Combine(_folder, "powershell.log");

    private string StateFile => Path.Combine(_folder, "smbserver.txt");

    private string Get(string key) => Read()[key];

    private void Set(string key, string value)
    {
        var values = Read();
        values[key] = value;
        Write(values);
    }

    private Dictionary<string, string> Read() =>
        File.ReadAllLines(StateFile)
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private void Write(Dictionary<string, string> values)
    {
        File.WriteAllLines($"{StateFile}.new", values.Select(value => $"{value.Key}={value.Value}"));
        File.Move($"{StateFile}.new", StateFile, overwrite: true);
    }
}
