using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>What <c>smb1-exporter check</c> says beside a real smbd: the proof that failed, and one fault for one cause.</summary>
public sealed class CheckTests
{
    [Fact]
    public async Task A_server_without_a_fault_is_proved_to_have_none()
    {
        await using var site = new Site();
        var samba = await AuditedAsync(site);

        var check = await CheckAsync(site, samba);

        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("the record of a log-on of our own", check.Output, StringComparison.Ordinal);
        Assert.Contains("No fault found.", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_for_some_clients_is_one_fault_that_names_file_and_line()
    {
        await using var site = new Site();
        await File.WriteAllTextAsync(site["10.0.0.9.conf"], "log level = 0\n", TestContext.Current.CancellationToken);
        var samba = await AuditedAsync(site, $"include = {site.Folder}/%I.conf");

        ThenIsOneFault(await CheckAsync(site, samba), $"{site["10.0.0.9.conf"]}, line 1");
    }

    [Fact]
    public async Task A_log_that_is_not_ours_is_one_fault_that_names_both()
    {
        await using var site = new Site();
        var samba = await AuditedAsync(site);
        await samba.ConnectSmb1Async(TestContext.Current.CancellationToken);
        await samba.ChangeConfigurationAsync("auth_audit.log", "other.log");

        ThenIsOneFault(await CheckAsync(site, samba), "no record of them arrived", "other.log", samba.AuditLog);
    }

    [Fact]
    public async Task A_full_disk_is_one_fault_that_names_it()
    {
        await using var site = new Site();
        var disk = await site.SmallDiskAsync("log", kibibytes: 512);
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited, AuditLog = disk["auth_audit.log"] });
        await samba.ConnectSmb1Async(TestContext.Current.CancellationToken);
        disk.Fill();

        ThenIsOneFault(await CheckAsync(site, samba), $"The disk of {disk.Folder} is full");
    }

    [Fact]
    public async Task An_smbd_that_does_not_run_is_one_fault_also_in_JSON()
    {
        await using var site = new Site();
        var samba = await StoppedAsync(site);

        ThenIsOneFault(await CheckAsync(site, samba), $"127.0.0.1:{samba.Port} could not be asked", "Start smbd");
        var json = await CheckAsync(site, samba, "--json");
        Assert.Equal(1, json.ExitCode);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(1, document.RootElement.GetProperty("faults").GetInt32());
        var fault = Assert.Single(document.RootElement.GetProperty("findings").EnumerateArray(), finding => finding.GetProperty("level").GetString() == "fault");
        Assert.Contains("Start smbd", fault.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_took_is_one_fault()
    {
        await using var site = new Site();
        var samba = await StoppedAsync(site);
        using var other = new TcpListener(IPAddress.Loopback, samba.Port);
        other.Start();

        ThenIsOneFault(await CheckAsync(site, samba), $"127.0.0.1:{samba.Port} could not be asked");
    }

    private static Task<SambaServer> AuditedAsync(Site site, params IReadOnlyList<string> lines) =>
        site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = lines });

    private static async Task<SambaServer> StoppedAsync(Site site)
    {
        var samba = await AuditedAsync(site);
        await samba.ConnectSmb1Async(TestContext.Current.CancellationToken);
        await samba.StopAsync();
        return samba;
    }

    private static Task<ExporterCheck> CheckAsync(Site site, SambaServer samba, params IReadOnlyList<string> arguments) => site.ThenCheckEndsAsync(
        [$"--Exporter:Samba:ConfigFile={samba.ConfigFile}", $"--Exporter:Samba:AuditLog={samba.AuditLog}", .. ExporterArguments.AskOnly(samba), .. arguments]);

    private static void ThenIsOneFault(ExporterCheck check, params IReadOnlyList<string> named)
    {
        Assert.True(check.ExitCode == 1, check.Output);
        var fault = Assert.Single(check.Output.Split('\n'), line => line.StartsWith("[FAULT]", StringComparison.Ordinal));
        Assert.All(named, text => Assert.Contains(text, fault, StringComparison.Ordinal));
        Assert.Contains("1 fault found.", check.Output, StringComparison.Ordinal);
    }
}
