using System.Globalization;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>What the running exporter says of its server, as Prometheus and a person read it.</summary>
/// <param name="Verdict">The word of the report.</param>
/// <param name="Served"><c>smb1_server_enabled</c>; null where it is not shown.</param>
/// <param name="Audited"><c>smb1_auditing_enabled</c>; null where it is not shown.</param>
/// <param name="Covered"><c>smb1_covered_seconds</c>.</param>
/// <param name="Quiet"><c>smb1_quiet_seconds</c>.</param>
/// <param name="ServedAnswer">What the server answered when it was asked whether it serves SMB1: yes, no, or that it is not proved.</param>
/// <param name="AuditedAnswer">Whether a record of the exporter's own arrived.</param>
/// <param name="Sessions">Whether SMB1 sessions are open.</param>
/// <param name="AuditedAt">When the question of auditing was last answered by yes or no; empty where it never was.</param>
internal sealed record Seen(
    string Verdict,
    bool? Served,
    bool? Audited,
    double Covered,
    double Quiet,
    string ServedAnswer,
    string AuditedAnswer,
    string Sessions,
    string AuditedAt)
{
    public const string Yes = "yes";
    public const string No = "no";
    public const string None = "none";

    public static Seen Of(PrometheusText scrape, string report)
    {
        var cells = report.Split("\r\n").Select(line => line.Split(',')).Where(line => line.Length > 2).ToList();
        return new Seen(
            Cell("verdict", "verdict"),
            State("smb1_server_enabled"),
            State("smb1_auditing_enabled"),
            Number("smb1_covered_seconds"),
            Number("smb1_quiet_seconds"),
            Cell("proof", "served"),
            Cell("proof", "audited"),
            Cell("proof", "sessions"),
            Cell("proof", "audited_time"));

        string Cell(string section, string item) => cells.FirstOrDefault(line => line[0] == section && line[1] == item)?[2] ?? "";

        bool? State(string name) => scrape.Of(name) is [{ Value: 0 or 1 } sample] ? sample.Value == 1 : null;

        double Number(string name) => scrape.Of(name) is [{ Value: var value }] ? value : 0;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"verdict {Verdict}, served {Served}, audited {Audited}, covered {Covered} s, quiet {Quiet} s; "
            + $"proved: served {ServedAnswer}, audited {AuditedAnswer} at {AuditedAt}, sessions {Sessions}");
}
