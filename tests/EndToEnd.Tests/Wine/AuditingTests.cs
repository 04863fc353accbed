using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// How the exporter that is shipped for Windows keeps SMB1 auditing on, through a stand-in for Windows PowerShell that really runs its
/// commands.
/// </summary>
public sealed class AuditingTests(WinePrefix wine)
{
    private const string CheckOften = "--Exporter:AuditingCheckInterval=00:00:01";
    private const string LeaveOff = "--Exporter:EnableAuditing=false";

    [Fact]
    public async Task Auditing_that_is_off_is_switched_on_at_the_start_and_again_when_somebody_switches_it_off()
    {
        using var server = await WindowsFileServer.CreateAsync(wine);
        await using var exporter = await server.StartAsync(CheckOften);

        var scrape = await exporter.WhenAuditingAsync();
        Assert.True(server.Smb.IsAudited);
        Assert.Equal(1, scrape.ValueOf("smb1_server_enabled"));
        await exporter.WhenLoggedAsync("SMB1 auditing is off, switching it on. SMB1 is on, AuditSmb1Access is off");
        await exporter.WhenLoggedAsync("SMB1 auditing is on. SMB1 is on, AuditSmb1Access is on");

        server.Smb.IsAudited = false;
        await Eventually.TrueAsync(() => server.Smb.IsAudited, "auditing is on again");
        await exporter.WhenAuditingAsync();
        Assert.Contains("Auditing: on.", await server.NoFaultAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PowerShell_runs_from_Windows_own_folder_without_profile_or_questions_and_with_no_quote_to_trip_over()
    {
        using var server = await WindowsFileServer.CreateAsync(wine);
        await using var exporter = await server.StartAsync();
        await exporter.WhenAuditingAsync();

        Assert.Equal(3, server.Smb.CommandLines.Count);
        Assert.Single(server.Smb.CommandLines, line => line.Contains("Set-SmbServerConfiguration", StringComparison.Ordinal));
        Assert.All(server.Smb.CommandLines, line =>
        {
            Assert.StartsWith(
                @"""C:\windows\system32\WindowsPowerShell\v1.0\powershell.exe"" -NoLogo -NoProfile -NonInteractive -OutputFormat Text"
                    + " -Command \"",
                line,
                StringComparison.OrdinalIgnoreCase);
            Assert.EndsWith("\"", line, StringComparison.Ordinal);
            Assert.Equal(4, line.Count(c => c == '"'));
        });
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("constrained")]
    public async Task A_powershell_that_is_slow_or_in_constrained_language_mode_is_good_enough(string kind)
    {
        using var server = await WindowsFileServer.CreateAsync(wine, kind);
        await using var exporter = await server.StartAsync();

        await exporter.WhenAuditingAsync();
        Assert.True(server.Smb.IsAudited);
    }

    [Fact]
    public async Task Auditing_is_left_off_where_that_is_wanted_and_nothing_is_covered_until_it_is_on()
    {
        using var server = await WindowsFileServer.CreateAsync(wine);
        await using var exporter = await server.StartAsync(LeaveOff, CheckOften);

        await exporter.WhenAsync(scrape => scrape.Of(WineExporterSigns.Auditing) is [{ Value: 0 }], "auditing is off");
        await exporter.WhenLoggedAsync("It is left off because Exporter:EnableAuditing is false.");
        await exporter.WhenNothingIsCoveredAsync();
        Assert.Contains("Remedy: set Exporter:EnableAuditing to true", await server.FaultsAsync(LeaveOff), StringComparison.Ordinal);
        Assert.False(server.Smb.IsAudited);
        Assert.DoesNotContain(server.Smb.CommandLines, line => line.Contains("Set-", StringComparison.Ordinal));

        var switchedOn = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        server.Smb.IsAudited = true;
        var scrape = await exporter.WhenAuditingAsync();
        Assert.True(scrape.ValueOf(WineExporterSigns.CoveredSince) >= switchedOn);
    }
}
