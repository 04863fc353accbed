namespace Smb1Exporter.Auditing;

/// <summary>Which audit log is read.</summary>
internal enum AuditSourceKind
{
    /// <summary>The Windows event log on Windows, Samba's audit log elsewhere.</summary>
    Auto,

    /// <summary>Events 3000 and 1001 of Microsoft-Windows-SMBServer.</summary>
    WindowsEventLog,

    /// <summary>Samba's auth_json_audit log.</summary>
    Samba,
}

/// <summary>Whether the exporter connects to the SMB servers of this machine, to see what they serve and record.</summary>
internal enum OwnConnectionSetting
{
    /// <summary>On Linux, and not on Windows, where nobody has seen yet what its records look like.</summary>
    Auto,

    /// <summary>It does. On Windows once with each look at auditing, and only while SMB1 is on; what is not proved is believed there.</summary>
    On,

    /// <summary>It does not: on Linux nothing is proved then.</summary>
    Off,
}

/// <summary>Settings of reading and of switching auditing on; section <c>Exporter</c>.</summary>
internal sealed class AuditingOptions
{
    /// <summary>Which audit log is read. Default: <see cref="AuditSourceKind.Auto"/>.</summary>
    public AuditSourceKind Source { get; set; } = AuditSourceKind.Auto;

    /// <summary>Whether auditing is switched on when it is found off. Default: true.</summary>
    public bool EnableAuditing { get; set; } = true;

    /// <summary>How often auditing is checked. Default: one hour.</summary>
    public TimeSpan AuditingCheckInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether the servers are asked by connections of our own. Default: <see cref="OwnConnectionSetting.Auto"/>.</summary>
    public OwnConnectionSetting OwnConnections { get; set; } = OwnConnectionSetting.Auto;

    /// <summary>How often they are asked, at the most; sooner after a start or a change. Default: ten minutes.</summary>
    public TimeSpan ProofInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How far the first run looks back. Default: one hour, as the monitor did that this program replaces.</summary>
    public TimeSpan InitialLookback { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often the log is looked at where changes are not announced; where they are, five times as long. Default: one second.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Settings of the Samba source.</summary>
    public SambaOptions Samba { get; set; } = new();
}

/// <summary>Settings of the Samba source; section <c>Exporter:Samba</c>.</summary>
internal sealed class SambaOptions
{
    /// <summary>Where distributions have smb.conf.</summary>
    public const string DefaultConfigFile = "/etc/samba/smb.conf";

    /// <summary>The smb.conf that smbd runs with. Default: <see cref="DefaultConfigFile"/>.</summary>
    public string ConfigFile { get; set; } = DefaultConfigFile;

    /// <summary>
    /// The file of the debug class auth_json_audit; may hold Samba's substitutions (<c>%m</c>, <c>%I</c>, …) or <c>*</c> for several files.
    /// Empty (default): the file that smb.conf names for the class, or /var/log/samba/smb1_audit.json where it names none.
    /// </summary>
    public string AuditLog { get; set; } = "";

    /// <summary>
    /// Where the SMB servers whose log is read are asked: addresses with a port, such as <c>127.0.0.1:445</c>. Empty (default): wherever an SMB server of
    /// this machine listens.
    /// </summary>
    public IReadOnlyList<string> Servers { get; set; } = [];
}
