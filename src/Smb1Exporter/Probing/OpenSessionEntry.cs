namespace Smb1Exporter.Probing;

/// <summary>What smbstatus says of one session; nothing in it has been trusted yet.</summary>
internal sealed record OpenSessionEntry
{
    /// <summary>The words of Samba (lib "protocol_types") for SMB1 and what was before it. smbstatus writes NT1 for all of these today.</summary>
    private static readonly string[] Smb1Words = ["NT1", "LANMAN2", "LANMAN1", "COREPLUS", "CORE+", "CORE"];

    public string? Dialect { get; init; }

    /// <summary>Address and port of the client, in Samba's form.</summary>
    public string? HostName { get; init; }

    /// <summary>The client's address, or its name where names are looked up or it gave one (NetBIOS).</summary>
    public string? RemoteMachine { get; init; }

    /// <summary>When the session began; Samba after 4.17.</summary>
    public string? CreationTime { get; init; }

    public int? ProcessId { get; init; }

    /// <summary>The node of a cluster on which the process runs; 4294967295 where there is no cluster.</summary>
    public uint? Node { get; init; }

    /// <summary>Whether it is an SMB1 session; null where the dialect is missing or a word that is not known.</summary>
    public bool? IsSmb1 =>
        Dialect is null ? null
        : Smb1Words.Contains(Dialect, StringComparer.OrdinalIgnoreCase) ? true
        : Dialect.StartsWith("SMB2", StringComparison.OrdinalIgnoreCase) || Dialect.StartsWith("SMB3", StringComparison.OrdinalIgnoreCase) ? false
        : null;
}
