using System.Diagnostics;

namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>Runs a checking tool to its end.</summary>
internal static class CommandLine
{
    /// <summary>Fails with the tool's own words unless it exits with 0.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static async Task<string> SucceedsAsync(string folder, string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var cancellation = TestContext.Current.CancellationToken;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            Assert.True(
                process.ExitCode == 0,
                $"{tool} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
