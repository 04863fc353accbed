using System.Buffers;
using System.Globalization;
using System.Text;
using Smb1Exporter.State;

namespace Smb1Exporter.Reporting;

/// <summary>
/// The evidence for one server as one table (RFC 4180) that a spreadsheet opens: the first column says what a line is about. Times are UTC in
/// RFC 3339.
/// </summary>
internal static class CsvReport
{
    /// <summary>The file name that a browser is told.</summary>
    public const string FileName = "smb1-report.csv";

    // Without it Excel takes the file for the local code page.
    private const char ByteOrderMark = '\uFEFF';

    // What a spreadsheet takes for a formula, which text from the network could be made to look like.
    private static readonly char[] FormulaStarts = ['=', '+', '-', '@', '\t', '\r'];

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\"'\r\n");

    public static string Write(Evidence evidence)
    {
        var text = new StringBuilder().Append(ByteOrderMark);
        Line(text, "section", "item", "value", "client_name", "attempts", "first_seen", "last_seen");
        foreach (var (section, item, value) in Values(evidence))
        {
            Line(text, section, item, value, "", "", "", "");
        }

        foreach (var entry in evidence.Totals.CoverageHistory)
        {
            var end = entry.End is { } time ? Figures.Rfc3339(time) : "";
            Line(text, entry.IsNote ? "note" : "coverage", Figures.Rfc3339(entry.Begin), entry.Text, "", "", "", end);
        }

        foreach (var client in ClientOrder.Default.Sort(evidence.Totals.Clients))
        {
            Line(
                text,
                "client",
                client.Address,
                "",
                client.Name ?? "",
                client.Attempts.Total.ToString(CultureInfo.InvariantCulture),
                Figures.Rfc3339(client.FirstSeen),
                Figures.Rfc3339(client.LastSeen));
        }

        return text.ToString();
    }

    private static IEnumerable<(string Section, string Item, string Value)> Values(Evidence evidence)
    {
        var (exporter, totals) = (evidence.Exporter, evidence.Totals);
        var words = VerdictText.Of(evidence);
        yield return ("report", "made", Figures.Rfc3339(evidence.Time));
        yield return ("report", "smb1_exporter_version", exporter.Version);
        yield return ("report", "exporter_running", Word(evidence.IsRunning));
        yield return ("server", "customer", exporter.Customer);
        yield return ("server", "host_name", exporter.HostName);
        yield return ("verdict", "verdict", evidence.Verdict.Word);
        yield return ("verdict", "ready_at_the_earliest", evidence.Verdict.ReadyAt is { } readyAt ? Figures.Rfc3339(readyAt) : "");
        yield return ("verdict", "text", string.Join(' ', new[] { $"{words.Headline}.", words.Reason, words.Next }.Where(part => part.Length > 0)));
        yield return ("state", "smb1_served", Word(exporter.Host.ServerEnabled));
        yield return ("state", "smb1_audited", Word(exporter.Host.AuditingEnabled));
        yield return ("state", "audit_log", exporter.Source);
        yield return ("state", "audit_log_read", Word(exporter.Host.SourceUp));
        yield return ("state", "covered_seconds", Number((long)totals.Watched.Covered.TotalSeconds));
        yield return ("state", "quiet_seconds", Number((long)totals.Watched.Quiet.TotalSeconds));
        yield return ("state", "covered_since", totals.CoveredSince is { } since ? Figures.Rfc3339(since) : "");
        yield return ("state", "last_attempt", totals.LastAttempt is { } last ? Figures.Rfc3339(last) : "");
        foreach (var proof in ProofRow.Of(evidence))
        {
            yield return ("proof", proof.Name, proof.Answer);
            yield return ("proof", $"{proof.Name}_time", proof.Time is { } time ? Figures.Rfc3339(time) : "");
            yield return ("proof", $"{proof.Name}_detail", proof.Detail);
        }

        yield return ("count", "attempts", Number(totals.Clients.Sum(client => client.Attempts.Total)));
        yield return ("count", "attempts_by_excluded_clients", Number(totals.Excluded.Total));
        yield return ("count", "connections_refused", Number(totals.Rejected.Total));
        yield return ("count", "gaps", Number(totals.Gaps.Total));
        yield return ("count", "read_errors", Number(totals.ReadErrors.Values.Sum(count => count.Total)));
        foreach (var (name, value) in Settings(exporter))
        {
            yield return ("setting", name, value);
        }
    }

    /// <summary>The settings that the evidence depends on.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(ExporterRecord exporter) =>
    [
        ("Exporter:ReadyAfter", exporter.ReadyAfter.ToString("c", CultureInfo.InvariantCulture)),
        ("Exporter:ExcludedClients", string.Join(", ", exporter.ExcludedClients)),
        ("Exporter:MaxClients", Number(exporter.MaxClients)),
        ("Exporter:ClientRetention", exporter.ClientRetention.ToString("c", CultureInfo.InvariantCulture)),
    ];

    private static void Line(StringBuilder text, params ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Cell(cells[i]));
        }

        text.Append("\r\n");
    }

    private static string Cell(string value)
    {
        // A leading apostrophe makes it text; see OWASP, "CSV Injection".
        var safe = value.Length > 0 && FormulaStarts.Contains(value[0]) ? $"'{value}" : value;
        return safe.AsSpan().IndexOfAny(Quoted) < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Word(bool? state) => StateRow.Word(state, "yes", "no");
}
