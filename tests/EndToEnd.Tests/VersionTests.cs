using System.Net;
using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>Which build runs can be told from the outside, down to the commit.</summary>
public sealed partial class VersionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExporterBuild.Jit)]
    [InlineData(ExporterBuild.Native)]
    public async Task The_exporter_says_its_version_and_commit_and_so_does_its_page(ExporterBuild build)
    {
        var version = await VersionOfAsync(Programs.Exporter(build));

        var log = new AuditLogWriter(_folder["audit.log"], TimeProvider.System);
        await using var exporter = await ExporterProcess.StartAsync(build, ExporterArguments.ForLog(_folder.Path, log.Path));
        Assert.Contains($"smb1-exporter {version}<", await PageAsync(exporter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_receiver_says_its_version_and_commit_and_so_does_its_page()
    {
        var version = await VersionOfAsync(Programs.Receiver);

        await using var receiver = await ReceiverProcess.StartAsync(_folder.Path);
        Assert.Contains($"smb1-ticket-receiver {version}<", await PageAsync(receiver), StringComparison.Ordinal);
    }

    private static async Task<string> VersionOfAsync(string program)
    {
        await using var asked = await ChildProcess.RunAsync(program, ["--version"]);
        Assert.True(asked.ExitCode == 0, asked.Output);
        var version = asked.StandardOutput.TrimEnd('\n');
        Assert.Matches(IsSourceArchive ? Version() : VersionWithCommit(), version);
        return version;
    }

    private static async Task<string> PageAsync(HttpServerProcess server) =>
        WebUtility.HtmlDecode(await server.Http.GetStringAsync("/", TestContext.Current.CancellationToken));

    // In a worktree of git's it is a file.
    private static bool IsSourceArchive => !Path.Exists(Repository.PathOf(".git"));

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$")]
    private static partial Regex Version();

    [GeneratedRegex(@"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?\+[0-9a-f]{7}$")]
    private static partial Regex VersionWithCommit();
}
