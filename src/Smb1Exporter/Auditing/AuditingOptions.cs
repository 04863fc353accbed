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

/// <summary>Settings of reading and of switching auditing on; section <c>Exporter</c>.</summary>
internal sealed class AuditingOptions
{
    /// <summary>Which audit log is read. Default: <see cref="AuditSourceKind.Auto"/>.</summary>
    public AuditSourceKind Source { get; set; } = AuditSourceKind.Auto;

    /// <summary>Whether auditing is switched on when it is found off. Default: true.</summary>
    public bool EnableAuditing { get; set; } = true;

    /// <summary>How often auditing is checked. Default: one hour.</summary>
    public TimeSpan AuditingCheckInterval { get; set; } = TimeSpan.FromHours(1);

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
    /// <summary>The smb.conf that smbd runs with. Default: /etc/samba/smb.conf.</summary>
    public string ConfigFile { get; set; } = "/etc/samba/smb.conf";

    /// <summary>
    /// The file of the debug class auth_json_audit; may hold Samba's substitutions (<c>%m</c>, <c>%I</c>, …) or <c>*</c> for several files.
    /// Empty (default): the file that smb.conf names for the class, or /var/log/samba/auth_audit.log where it names none.
    /// </summary>
    public string AuditLog { get; set; } = "";
}
