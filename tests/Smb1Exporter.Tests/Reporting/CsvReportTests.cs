using Smb1Exporter.Auditing;
using Smb1Exporter.Reporting;
using Smb1Exporter.State;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Reporting;

public sealed class CsvReportTests : IDisposable
{
    private readonly StoreHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("=cmd|'/c calc'!a1", "\"'=cmd|'/c calc'!a1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@sum(a1)", "\"'@sum(a1)\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    public void A_client_can_plant_neither_a_formula_nor_a_cell(string client, string cell)
    {
        _harness.Apply(_harness.Attempt(client));
        Assert.Contains($"\r\nclient,{cell},,,1,2026-11-23T04:00:00Z,2026-11-23T04:00:00Z\r\n", Csv(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_one_table_with_a_head_that_Excel_reads_as_Unicode()
    {
        _harness.Apply(_harness.Attempt("größe"));
        _harness.Watch(TimeSpan.FromMinutes(1));
        _harness.Store.WriteWatched();
        var lines = Csv().TrimEnd().Split("\r\n");
        Assert.Equal("\uFEFFsection,item,value,client_name,attempts,first_seen,last_seen", lines[0]);
        Assert.All(lines, line => Assert.Equal(7, CountCells(line)));
        Assert.Equal(
            ["section", "report", "server", "verdict", "state", "proof", "count", "setting", "coverage", "client"],
            lines.Select(line => line.TrimStart('\uFEFF').Split(',')[0]).Distinct());
    }

    private string Csv() => CsvReport.Write(new Evidence(
        new ExporterRecord(
            "Contoso", "FS01", "0.1.0", "the log", TimeSpan.FromDays(30), TimeSpan.FromDays(180), 1000, ["10.0.0.0/8", "10.1.0.1"],
            new HostReading(true, true, "", true, "")),
        _harness.Store.Current,
        Stale: "",
        _harness.Now));

    private static int CountCells(string line)
    {
        var (cells, quoted) = (1, false);
        foreach (var c in line)
        {
            quoted ^= c == '"';
            cells += c == ',' && !quoted ? 1 : 0;
        }

        return cells;
    }
}
