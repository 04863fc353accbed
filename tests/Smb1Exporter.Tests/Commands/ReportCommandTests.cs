using Smb1Exporter.Commands;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.Tests.Verdicts;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Commands;

[Collection(InOrder.Name)]
public sealed class ReportCommandTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();
    private readonly TemporaryFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _exporter.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_writes_what_the_running_exporter_shows_without_its_settings()
    {
        var server = new Server(_exporter);
        await server.InstallAsync("--Exporter:ReadyAfter=7.00:00:00");
        await server.AttemptAsync();

        Assert.Equal((0, "", ""), await RunAsync("--html", _folder["r.html"], "--csv", _folder["r.csv"]));
        var csv = await File.ReadAllTextAsync(_folder["r.csv"], TestContext.Current.CancellationToken);
        Assert.Contains("\r\nserver,customer,Contoso,", csv, StringComparison.Ordinal);
        Assert.Contains("\r\nsetting,Exporter:ReadyAfter,7.00:00:00,", csv, StringComparison.Ordinal);
        Assert.Contains("\r\nclient,192.168.1.214,,,1,", csv, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(_folder["r.html"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_file_it_writes_HTML_to_standard_output()
    {
        await new Server(_exporter).InstallAsync();
        var (code, output, _) = await RunAsync();
        Assert.Equal(0, code);
        Assert.Contains("SMB1 report for Contoso\\FS01", output, StringComparison.Ordinal);
        Assert.StartsWith("\uFEFFsection,", (await RunAsync("--csv", "-")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_changes_nothing_in_the_state_file()
    {
        await new Server(_exporter).InstallAsync();
        await _exporter.StopAsync();
        var before = await File.ReadAllBytesAsync(_exporter.StateFile, TestContext.Current.CancellationToken);
        await RunAsync();
        Assert.Equal(before, await File.ReadAllBytesAsync(_exporter.StateFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_missing_is_told_with_the_remedy()
    {
        var (code, _, error) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains("start smb1-exporter first", error, StringComparison.Ordinal);

        await new Server(_exporter).InstallAsync();
        (code, _, error) = await RunAsync("--html", _folder["no/such/folder.html"]);
        Assert.Equal(1, code);
        Assert.Contains("The report cannot be written to", error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["report", $"--Exporter:StateFile={_exporter.StateFile}", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
