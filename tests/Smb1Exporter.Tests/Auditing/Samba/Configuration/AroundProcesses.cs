using Smb1Exporter.Auditing;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>
/// Runs the real programs, and something of the test's before chosen runs: what else may happen on the machine at that moment.
/// </summary>
internal sealed class AroundProcesses(
    IProcessRunner real, Func<string, IReadOnlyList<string>, bool>? when = null, Action? before = null, string? missing = null) : IProcessRunner
{
    public async Task<ProcessResult> RunAsync(
        string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (when?.Invoke(fileName, arguments) == true)
        {
            before?.Invoke();
        }

        // A program that is not installed: the real runner meets a name that does not exist.
        return await real.RunAsync(fileName == missing ? $"/nonexistent/{fileName}" : fileName, arguments, timeout, cancellationToken);
    }
}
