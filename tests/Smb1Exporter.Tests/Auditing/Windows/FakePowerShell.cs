using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Windows;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>
/// Stands in for powershell.exe: keeps the two settings, and answers what the scripts would print. The answers are constructed from the scripts and
/// from the error ids that CIM cmdlets are known to give; none was recorded from a Windows machine.
/// </summary>
internal sealed class FakePowerShell : IProcessRunner
{
    public const string Path = @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";

    public bool Smb1 { get; set; } = true;

    public bool Auditing { get; set; }

    /// <summary>The change is accepted without effect, as where a policy holds the setting.</summary>
    public bool IgnoresChanges { get; set; }

    /// <summary>Answers instead of the settings when set; told whether the change is asked for.</summary>
    public Func<bool, ProcessResult?>? Answers { get; set; }

    public List<(string FileName, IReadOnlyList<string> Arguments, TimeSpan TimeLimit)> Runs { get; } = [];

    public Task<ProcessResult> RunAsync(string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Runs.Add((fileName, arguments, timeout));
        var change = arguments[^1] == SmbServerScript.Set;
        Assert.True(change || arguments[^1] == SmbServerScript.Get, "neither of the two commands");
        if (Answers?.Invoke(change) is { } answer)
        {
            return Task.FromResult(answer);
        }

        if (!change)
        {
            return Task.FromResult(Printed($"smb1-exporter:EnableSMB1Protocol={Smb1}\r\nsmb1-exporter:AuditSmb1Access={Auditing}\r\nsmb1-exporter:end\r\n"));
        }

        Auditing |= !IgnoresChanges;
        return Task.FromResult(Printed("smb1-exporter:set=True\r\nsmb1-exporter:end\r\n"));
    }

    public static ProcessResult Printed(string output, int exitCode = 0) => new(exitCode, output, "");

    public static ProcessResult Threw(string id, string category, int hresult = unchecked((int)0x80131500)) =>
        Printed($"smb1-exporter:error={id}\r\nsmb1-exporter:category={category}\r\nsmb1-exporter:hresult={hresult}\r\nsmb1-exporter:end\r\n");
}
