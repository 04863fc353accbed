namespace Smb1Exporter.Probing;

/// <summary>A process of Samba's file server (smbd) or domain controller (samba).</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsSmbd">Whether it is an smbd, which serves SMB on whatever ports it listens.</param>
internal readonly record struct SambaProcess(int Id, bool IsSmbd)
{
    private const string Deleted = " (deleted)";

    // The ports of a domain controller that are not SMB: DNS, Kerberos, RPC, LDAP, password changes, global catalog.
    private static readonly int[] OtherServices = [53, 88, 135, 389, 464, 636, 3268, 3269];

    /// <summary>
    /// Whether it serves SMB on a port. The domain controller has the file server as a process of its own, and would itself serve SMB on the usual ports
    /// only (a build for developers does); its other sockets, RPC from port 49152 on among them, are left out.
    /// </summary>
    public bool ServesSmbOn(int port) => IsSmbd ? !OtherServices.Contains(port) : port is ListeningSocketFinder.SmbPort or ListeningSocketFinder.NetBiosPort;

    /// <summary>Recognizes a process by its name or its program; null for all others.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="name">/proc/PID/comm, which smbd changes: "smbd[10.0.0.1" for a client, "smbd-notifyd", "samba: task[s3".</param>
    /// <param name="program">The path of its program; null where it cannot be seen.</param>
    public static SambaProcess? Recognize(int id, string name, string? program)
    {
        var file = Path.GetFileName(program?.EndsWith(Deleted, StringComparison.Ordinal) == true ? program[..^Deleted.Length] : program);
        return file is "smbd" or "smbd-bin" || name.StartsWith("smbd", StringComparison.Ordinal) ? new SambaProcess(id, true)
            : file is "samba" || name.StartsWith("samba", StringComparison.Ordinal) ? new SambaProcess(id, false)
            : null;
    }
}
