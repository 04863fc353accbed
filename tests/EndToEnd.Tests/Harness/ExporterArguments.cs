using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Command lines for smb1-exporter.</summary>
internal static class ExporterArguments
{
    public const string Customer = "Contoso";
    public const string HostName = "FS01";

    /// <summary>Reads a log that the test writes; auditing is nobody's business.</summary>
    public static IReadOnlyList<string> ForLog(string folder, string auditLog, double birthHoldSeconds = 1) =>
    [
        .. Common(folder, birthHoldSeconds),
        $"--Exporter:Samba:AuditLog={auditLog}",
        "--Exporter:EnableAuditing=false",
        "--Exporter:OwnConnections=Off",
    ];

    /// <summary>Looks after a real Samba, whose auditing it is to switch on.</summary>
    public static IReadOnlyList<string> ForSamba(string folder, SambaServer samba, double birthHoldSeconds = 2) =>
    [
        .. Common(folder, birthHoldSeconds),
        $"--Exporter:Samba:ConfigFile={samba.ConfigFile}",
        $"--Exporter:Samba:AuditLog={samba.AuditLog}",
        .. AskOnly(samba),
    ];

    /// <summary>Has it ask this server alone: other tests have servers of their own on this machine.</summary>
    public static IReadOnlyList<string> AskOnly(SambaServer samba) => ["--Exporter:OwnConnections=On", $"--Exporter:Samba:Servers=127.0.0.1:{samba.Port}"];

    private static string[] Common(string folder, double birthHoldSeconds) =>
    [
        "--Exporter:Source=Samba",
        $"--Exporter:StateFile={Path.Combine(folder, "exporter.db")}",
        $"--Exporter:Customer={Customer}",
        $"--Exporter:HostName={HostName}",
        $"--Exporter:BirthHold={TimeSpan.FromSeconds(birthHoldSeconds):c}",
    ];
}
