namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>A Windows of its own, with the powershell.exe that comes with Wine: it prints nothing and ends with 0.</summary>
public sealed class WinesOwnPowerShellTests : IAsyncLifetime
{
    private readonly WinePrefix _wine = new();

    public async ValueTask InitializeAsync()
    {
        await _wine.ReadyAsync();
        File.Copy(_wine.WinesOwnPowerShell, Path.Combine(_wine.PowerShellFolder, "powershell.exe"), overwrite: true);
    }

    public ValueTask DisposeAsync() => _wine.DisposeAsync();

    [Fact]
    public async Task A_powershell_that_does_nothing_and_calls_it_success_is_not_believed()
    {
        using var server = await WindowsFileServer.CreateAsync(_wine);
        await using var exporter = await server.StartAsync();

        await exporter.WhenLoggedAsync("ended with exit code 0 and without an answer (it printed nothing); that proves nothing about auditing.");
        await exporter.WhenNothingIsCoveredAsync();
        Assert.Empty((await exporter.ScrapeAsync()).Of(WineExporterSigns.Auditing));
        Assert.Contains("[FAULT] Auditing: could not be told.", await server.FaultsAsync(), StringComparison.Ordinal);
    }
}
