namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// What the exporter that is shipped for Windows makes of a PowerShell, or of cmdlets, that do not do what they should. What the cmdlets
/// answer then is constructed, none of it recorded from a Windows machine.
/// </summary>
public sealed class AuditingFaultTests(WinePrefix wine)
{
    [Theory]
    [InlineData("access-denied", "This account lacks the rights", "Run the service as LocalSystem, or the program as an administrator.")]
    [InlineData("module-missing", "The module SmbShare with Get-SmbServerConfiguration is not there", "repair Windows (sfc /scannow).")]
    [InlineData("execution-policy", "A policy forbids PowerShell to load the module SmbShare", "Allow Windows' own modules")]
    [InlineData("server-stopped", "The Server service does not run", "Start it with sc.exe start LanmanServer")]
    [InlineData("wmi-broken", "WMI does not answer for the SMB server", "Check it: winmgmt /verifyrepository")]
    [InlineData("no-configuration", "Get-SmbServerConfiguration gave no configuration", "check WMI: winmgmt /verifyrepository")]
    [InlineData("silent", "exit code 0 and without an answer (it printed nothing)", "See whether a policy or security product")]
    [InlineData("garbage", "exit code 0 and without an answer (it printed: smb1-exporter:", "See whether a policy or security product")]
    [InlineData("crash", "exit code 0xC0000005 and without an answer (it printed nothing)", "See whether a policy or security product")]
    public async Task Where_the_state_cannot_be_told_the_reason_and_the_remedy_are(string fault, string reason, string remedy)
    {
        using var server = await WindowsFileServer.CreateAsync(wine, fault);
        await using var exporter = await server.StartAsync();

        var check = server.FaultsAsync();
        await exporter.WhenLoggedAsync(reason);
        await exporter.WhenLoggedAsync(remedy);
        await exporter.WhenNothingIsCoveredAsync();
        var scrape = await exporter.ScrapeAsync();
        Assert.Empty(scrape.Of(WineExporterSigns.Auditing));
        Assert.Empty(scrape.Of("smb1_server_enabled"));

        var found = Assert.Single((await check).Split('\n'), line => line.StartsWith("[FAULT] Auditing:", StringComparison.Ordinal));
        Assert.Contains(reason, found, StringComparison.Ordinal);
        Assert.Contains(remedy, found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_windows_older_than_the_setting_is_told_to_be_updated()
    {
        using var server = await WindowsFileServer.CreateAsync(wine, "no-setting");
        await using var exporter = await server.StartAsync();

        var check = server.FaultsAsync();
        await exporter.WhenLoggedAsync("This Windows does not know the setting AuditSmb1Access.");
        await exporter.WhenNothingIsCoveredAsync();
        var scrape = await exporter.ScrapeAsync();
        Assert.Empty(scrape.Of(WineExporterSigns.Auditing));
        Assert.Equal(1, scrape.ValueOf("smb1_server_enabled"));
        var found = await check;
        Assert.Contains("[ok]    SMB1: on", found, StringComparison.Ordinal);
        Assert.Contains("later do: update Windows.", found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set-denied", "could not be switched on. This account lacks the rights", "Run the service as LocalSystem")]
    [InlineData("ignored", "reported no error, yet AuditSmb1Access is still off", "gpresult /scope computer /h report.html")]
    public async Task Auditing_that_cannot_be_switched_on_is_off_with_the_reason_and_the_remedy(string fault, string reason, string remedy)
    {
        using var server = await WindowsFileServer.CreateAsync(wine, fault);
        Assert.Contains("Remedy: start smb1-exporter, which switches it on.", await server.FaultsAsync(), StringComparison.Ordinal);
        await using var exporter = await server.StartAsync();

        await exporter.WhenLoggedAsync("SMB1 auditing is off: SMB1 clients are not seen.");
        await exporter.WhenLoggedAsync(reason);
        await exporter.WhenLoggedAsync(remedy);
        await exporter.WhenAsync(scrape => scrape.Of(WineExporterSigns.Auditing) is [{ Value: 0 }], "auditing is off");
        await exporter.WhenNothingIsCoveredAsync();
        Assert.False(server.Smb.IsAudited);
        var found = Assert.Single((await server.FaultsAsync()).Split('\n'), line => line.StartsWith("[FAULT] Auditing:", StringComparison.Ordinal));
        Assert.Contains(reason, found, StringComparison.Ordinal);
        Assert.Contains(remedy, found, StringComparison.Ordinal);
    }
}
