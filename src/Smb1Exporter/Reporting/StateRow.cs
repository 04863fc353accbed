namespace Smb1Exporter.Reporting;

/// <summary>One thing that page and report say of the state of the server.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">How it is.</param>
/// <param name="Remedy">What to do about it; empty when there is nothing to do.</param>
internal sealed record StateRow(string Name, string Value, string Remedy)
{
    /// <summary>Everything but the clients.</summary>
    public static IReadOnlyList<StateRow> Of(Evidence evidence)
    {
        var (exporter, totals) = (evidence.Exporter, evidence.Totals);
        return
        [
            Of("SMB1 on this server", Word(exporter.Host.ServerEnabled, "on", "off")),
            new StateRow("SMB1 auditing", Word(exporter.Host.AuditingEnabled, "on", "off"), exporter.Host.AuditingDetail),
            new StateRow(
                "Audit log",
                $"{exporter.Source}: {Word(exporter.Host.SourceUp, "can be read", "cannot be read")}",
                exporter.Host.SourceUp == true ? "" : exporter.Host.SourceDetail),
            Of("Watched without a gap", totals.CoveredSince is { } since
                ? $"{Figures.Duration(totals.Watched.Covered)}, since {Figures.Time(since)} UTC"
                : "not yet: auditing is not on, or was not proved twice in a row"),
            Of("Without an attempt", Figures.Duration(totals.Watched.Quiet)),
            Of("Last attempt", totals.LastAttempt is { } last ? $"{Figures.Time(last)} UTC" : "none"),
            new StateRow(
                "Times records were lost unread",
                Figures.Number(totals.Gaps.Total),
                totals.Gaps.Total > 0 ? "Make the audit log larger if it happens again, and keep the exporter running (runbook, Smb1AuditGap)." : ""),
            Of("Records or reads that failed", Figures.Number(totals.ReadErrors.Values.Sum(count => count.Total))),
            Of("Attempts by excluded clients", Figures.Number(totals.Excluded.Total)),
            Of("Connections refused because SMB1 is off", Figures.Number(totals.Rejected.Total)),
            new StateRow(
                "Clients counted one by one",
                $"{Figures.Number(totals.TrackedClients)} of at most {Figures.Number(exporter.MaxClients)}",
                totals.TrackedClients >= exporter.MaxClients
                    ? "Further clients are counted together as \"other\". Raise Exporter:MaxClients, or exclude a scanner with Exporter:ExcludedClients."
                    : ""),
        ];
    }

    private static StateRow Of(string name, string value) => new(name, value, "");

    /// <summary>A state that may be unknown, in words.</summary>
    public static string Word(bool? state, string yes, string no, string unknown = "not known") => state switch
    {
        true => yes,
        false => no,
        null => unknown,
    };
}
