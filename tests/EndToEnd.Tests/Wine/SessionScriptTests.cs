using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// The command that reads configuration and open sessions, run by an engine that really parses it. What the cmdlets give is constructed after their
/// documentation; Windows PowerShell 5.1 and its SmbShare are not in it.
/// </summary>
public sealed class SessionScriptTests(WinePrefix wine)
{
    [Theory]
    [InlineData("none")]
    [InlineData("constrained")]
    public async Task Configuration_and_sessions_are_printed_in_one_run_whatever_the_names_hold(string kind)
    {
        using var server = await WindowsFileServer.CreateAsync(wine, kind);
        server.Smb.Sessions =
        [
            "4415226380377|86400|1.5||*|192.168.102.14",
            "18446744073709551615|5|3.1.1|FS1|Contoso-FS|[fe80::c8c0:f65d:3bc6:7313]",
            "7|6|2.0.2||*|caf\u00e9|\u001bsmb1-exporter:end",
        ];

        var printed = await RunAsync(server, SmbServerScript.GetWithSessions);

        Assert.Equal(
            [
                "configurations=1",
                "EnableSMB1Protocol=True",
                "AuditSmb1Access=False",
                "session=4415226380377||86400|1.5||*|192.168.102.14",
                "session=18446744073709551615||5|3.1.1|FS1|Contoso-FS|[fe80::c8c0:f65d:3bc6:7313]",
                "session=7||6|2.0.2||*|caf?|?smb1-exporter:end",
                "sessions=3",
                "end",
            ],
            printed.Where(line => !line.StartsWith("asked=", StringComparison.Ordinal) && !line.StartsWith("answered=", StringComparison.Ordinal)));
        var (asked, answered) = (TimeOf(printed, "asked="), TimeOf(printed, "answered="));
        Assert.InRange(answered - asked, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.InRange(TimeProvider.System.GetUtcNow() - answered, TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task No_session_is_told_as_none()
    {
        using var server = await WindowsFileServer.CreateAsync(wine);

        Assert.Equal(["sessions=0", "end"], (await RunAsync(server, SmbServerScript.GetWithSessions)).TakeLast(2));
    }

    [Fact]
    public async Task Sessions_that_may_not_be_listed_do_not_cost_the_configuration()
    {
        using var server = await WindowsFileServer.CreateAsync(wine, "sessions-denied");

        Assert.Equal(
            [
                "configurations=1",
                "EnableSMB1Protocol=True",
                "AuditSmb1Access=False",
                "sessions-error=Windows System Error 5",
                "sessions-category=PermissionDenied",
                "sessions-hresult=80131500",
                "end",
            ],
            await RunAsync(server, SmbServerScript.GetWithSessions));
    }

    [Theory]
    [InlineData("no-setting", "configurations=1", "EnableSMB1Protocol=True", "AuditSmb1Access=")]
    [InlineData("no-configuration", "configurations=0", "EnableSMB1Protocol=", "AuditSmb1Access=")]
    public async Task What_the_configuration_does_not_have_is_printed_as_empty(string kind, params string[] expected)
    {
        using var server = await WindowsFileServer.CreateAsync(wine, kind);

        Assert.Equal(expected.Append("end"), await RunAsync(server, SmbServerScript.Get));
    }

    /// <summary>The marked lines, without the mark.</summary>
    private async Task<IReadOnlyList<string>> RunAsync(WindowsFileServer server, string script)
    {
        var program = Path.Combine(wine.PowerShellFolder, "powershell.exe");
        await using var child = await wine.RunAsync([program, .. SmbServerScript.Arguments(script)], server.Folder);
        Assert.True(child.ExitCode == 0, child.Output);
        return [.. child.StandardOutput.Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.StartsWith(SmbServerScript.Marker, StringComparison.Ordinal))
            .Select(line => line[SmbServerScript.Marker.Length..])];
    }

    private static DateTimeOffset TimeOf(IReadOnlyList<string> printed, string name) => new(
        long.Parse(Assert.Single(printed, line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..], System.Globalization.CultureInfo.InvariantCulture),
        TimeSpan.Zero);
}
