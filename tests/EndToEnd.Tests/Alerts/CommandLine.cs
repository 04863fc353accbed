using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>Runs a checking tool to its end.</summary>
internal static class CommandLine
{
    /// <summary>promtool computes for up to a minute by itself, longer beside other tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Fails with the tool's own words unless it exits with 0.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> SucceedsAsync(string folder, string tool, params string[] arguments)
    {
        await using var process = await ChildProcess.RunAsync(tool, arguments, Limit, workingDirectory: folder);
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{process.Output}");
        return process.StandardOutput;
    }
}
