using System.Diagnostics;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>Sessions of which a real Samba writes no record although the audit is on, and what is said of them.</summary>
public sealed class SambaUnseenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_ordinary_server_has_none()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        await host.ConnectAndReadAuditAsync();

        Assert.Equal("", (await host.Auditing().InspectAsync(Token)).Unseen);
    }

    [Fact]
    public async Task A_client_with_a_file_of_its_own_leaves_no_record_and_that_file_is_named()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var own = $"{host.Server.Folder}/127.0.0.1.conf";
        await File.WriteAllTextAsync(own, "log level = 0\n", Token);
        host.AddToGlobal($"include = {host.Server.Folder}/%I.conf");
        await host.ReloadAsync(level: 5);
        Assert.Equal(0, (await host.Server.ConnectSmb1Async(Token)).ExitCode);

        var state = await host.Auditing().InspectAsync(Token);

        Assert.True(state.AuditingEnabled);
        Assert.Contains($"{own}, line 1 sets \"log level\"", state.Unseen, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(host.Server.AuditLog, Token));
    }

    [Fact]
    public async Task A_file_that_smbds_environment_names_is_read()
    {
        await using var host = await SambaHost.StartAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        await File.WriteAllTextAsync($"{host.Server.Folder}/by-variable.conf", "log level = 0\n", Token);
        Environment.SetEnvironmentVariable("SMB1_TEST_VARIABLE", "by-variable");
        try
        {
            await host.Server.StopAsync();
            host.AddToGlobal($"include = {host.Server.Folder}/%$(SMB1_TEST_VARIABLE).conf");
            await host.Server.StartAgainAsync(Token);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SMB1_TEST_VARIABLE", null);
        }

        var state = await host.Auditing().InspectAsync(Token);

        Assert.Equal(0, await host.GetLevelInForceAsync());
        Assert.False(state.AuditingEnabled);
        Assert.Contains("by-variable.conf, line 1", state.Detail, StringComparison.Ordinal);
        Assert.Equal("", state.Unseen);
    }

    [Fact]
    public async Task Names_that_are_not_UTF_8_leave_no_record_and_smbds_own_word_is_counted()
    {
        await using var host = await SambaHost.StartAsync(
            new SambaServerOptions { LogLevel = SambaServerOptions.Audited, GlobalLines = ["unix charset = ISO8859-1"] });
        Assert.Contains("unix charset = ISO8859-1", (await host.Auditing().InspectAsync(Token)).Unseen, StringComparison.Ordinal);
        Assert.DoesNotContain("could not write", (await host.Auditing().InspectAsync(Token)).Unseen, StringComparison.Ordinal);

        using (var client = Process.Start(new ProcessStartInfo(
            "smbclient",
            ["//127.0.0.1/share", "-p", $"{host.Server.Port}", "-U", "b\u00fcro%wrong", "-m", "NT1", "--option=client min protocol=NT1", "-c", "ls"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        })!)
        {
            await client.WaitForExitAsync(Token);
        }

        var state = await Eventually.GetAsync(
            () => host.Auditing().InspectAsync(Token),
            state => state.Unseen.Contains("could not write", StringComparison.Ordinal),
            "smbd's word of a record that it could not write");

        Assert.Contains($"says in {host.Server.GeneralLog} that it could not write 1 record since", state.Unseen, StringComparison.Ordinal);

        // Once the configuration was mended, what was before is history.
        host.EditConfig(text => text.Replace("unix charset = ISO8859-1", "unix charset = UTF-8", StringComparison.Ordinal));
        Assert.Equal("", (await host.Auditing().InspectAsync(Token)).Unseen);
    }
}
