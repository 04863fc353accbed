using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Smb1Exporter.Auditing;

/// <summary>What a helper program printed and how it ended.</summary>
/// <param name="ExitCode">Its exit code; null when it could not be started or ran out of time.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, or why it could not be run.</param>
/// <param name="StartError">
/// The system's error number when the program could not be started (Win32 code on Windows, errno elsewhere); null when it was started.
/// </param>
/// <param name="IsCut">Whether it printed more than is kept, see <see cref="ProcessRunner.LongestOutput"/>.</param>
internal sealed record ProcessResult(int? ExitCode, string Output, string Error, int? StartError = null, bool IsCut = false)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs a helper program (testparm, smbcontrol, PowerShell) without a shell.</summary>
internal interface IProcessRunner
{
    /// <summary>Runs <paramref name="fileName"/> to its end, or ends it after <paramref name="timeout"/>. Never throws but for cancellation.</summary>
    Task<ProcessResult> RunAsync(string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class ProcessRunner(TimeProvider timeProvider) : IProcessRunner
{
    /// <summary>So many characters of each output are kept; the rest is read and dropped, so that the program can end.</summary>
    internal const int LongestOutput = 8 * 1024 * 1024;

    /// <summary>How long it is still read after the end; only what the program left running can make use of it.</summary>
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    public async Task<ProcessResult> RunAsync(
        string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(fileName, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };

        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new ProcessResult(null, "", $"{fileName} could not be started: {e.Message}", e.NativeErrorCode);
        }

        process.StandardInput.Close();
        using var timeLimit = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeLimit.Token, cancellationToken);
        try
        {
            var output = new StringBuilder();
            var error = new StringBuilder();
            var read = Task.WhenAll(
                ReadAsync(process.StandardOutput, output, either.Token), ReadAsync(process.StandardError, error, either.Token));
            await process.WaitForExitAsync(either.Token);

            // A program that it started and that inherited its output may run for ever.
            await timeProvider.WaitForAsync(read, AfterEnd, cancellationToken);
            var (text, errorText) = (TextOf(output), TextOf(error));
            return new ProcessResult(process.ExitCode, text, errorText, IsCut: text.Length == LongestOutput || errorText.Length == LongestOutput);
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellationToken.ThrowIfCancellationRequested();
            return new ProcessResult(null, "", $"{fileName} did not end within {timeout.TotalSeconds:0} s and was stopped");
        }
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            lock (to)
            {
                to.Append(buffer, 0, Math.Min(length, LongestOutput - to.Length));
            }
        }
    }

    private static string TextOf(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            EndTree(process);
        }
        catch (Exception e) when (e is Win32Exception or AggregateException or InvalidOperationException)
        {
            // It ended by itself meanwhile, or is ending, or holds a child that may not be ended: more cannot be done.
        }
    }

    private static void EndTree(Process process)
    {
        const int Tries = 5;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                process.Kill(entireProcessTree: true);
                return;
            }
            catch (ArgumentOutOfRangeException) when (attempt < Tries)
            {
                // It asks all processes of the machine for their time of start, and one that is just beginning or ending may have none.
            }
            catch (ArgumentOutOfRangeException)
            {
                process.Kill();
                return;
            }
        }
    }
}
