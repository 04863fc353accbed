using System.Net;
using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>src/quickstart.sh shows the ticket, and leaves nothing behind however it ends.</summary>
public sealed class QuickstartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_prints_the_ticket_and_runs_until_it_is_interrupted()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        await using var quickstart = Start();
        await Eventually.TrueAsync(
            () => quickstart.HasExited || quickstart.Output.Contains("until you press Ctrl-C", StringComparison.Ordinal),
            "the ticket is printed",
            TimeSpan.FromSeconds(240));

        Assert.False(quickstart.HasExited, quickstart.Output);
        Assert.Matches(
            $"""
            (?m)^Subject: SMB1 Traffic Detected on {Regex.Escape(Dns.GetHostName())}
            SMB1 Traffic detected on Contoso\\{Regex.Escape(Dns.GetHostName())} in the past 1 hour\.
            Details:
            127\.0\.0\.1( \([a-z0-9._-]+\))?: 1 SMB1 connection attempt, last at \d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$
            """,
            quickstart.Output);

        quickstart.Interrupt();
        Assert.Equal(130, await quickstart.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Ended_while_it_builds_it_leaves_nothing()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        await using var quickstart = Start();
        await Eventually.TrueAsync(
            () => quickstart.HasExited || quickstart.Output.Contains("Building", StringComparison.Ordinal), "it builds", TimeSpan.FromSeconds(120));
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        quickstart.Terminate();
        Assert.Equal(143, await quickstart.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        AssertNothingLeft();
    }

    /// <summary>In a session of its own, as in a terminal, and with its folder inside ours.</summary>
    private ChildProcess Start() => ChildProcess.Start(
        "bash",
        [Repository.PathOf("src", "quickstart.sh")],
        new Dictionary<string, string?> { ["TMPDIR"] = _folder.Path },
        ownSession: true);

    private void AssertNothingLeft()
    {
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Assert.Empty(Directory.GetDirectories("/proc")
            .Where(process => CommandLine(process).Contains(_folder.Path, StringComparison.Ordinal))
            .Select(CommandLine));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
