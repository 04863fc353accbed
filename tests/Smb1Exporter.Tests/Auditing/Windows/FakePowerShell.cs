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

    /// <summary>What is printed for the sessions where they are asked for.</summary>
    public string Sessions { get; set; } = PrintedSessions();

    /// <summary>The run that asks for the sessions does not end in time.</summary>
    public bool HangsOverSessions { get; set; }

    public List<(string FileName, IReadOnlyList<string> Arguments, TimeSpan TimeLimit)> Runs { get; } = [];

    public Task<ProcessResult> RunAsync(string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Runs.Add((fileName, arguments, timeout));
        var change = arguments[^1] == SmbServerScript.Set;
        var withSessions = arguments[^1] == SmbServerScript.GetWithSessions;
        Assert.True(change || withSessions || arguments[^1] == SmbServerScript.Get, "none of the three commands");
        if (withSessions && HangsOverSessions)
        {
            return Task.FromResult(new ProcessResult(null, "", "powershell.exe did not end within 60 s and was stopped"));
        }

        if (Answers?.Invoke(change) is { } answer)
        {
            return Task.FromResult(answer);
        }

        if (!change)
        {
            return Task.FromResult(Printed($"smb1-exporter:configurations=1\r\nsmb1-exporter:EnableSMB1Protocol={Smb1}\r\nsmb1-exporter:AuditSmb1Access={Auditing}\r\n{(withSessions ? Sessions : "")}smb1-exporter:end\r\n"));
        }

        Auditing |= !IgnoresChanges;
        return Task.FromResult(Printed("smb1-exporter:set=True\r\nsmb1-exporter:end\r\n"));
    }

    public static ProcessResult Printed(string output, int exitCode = 0) => new(exitCode, output, "");

    /// <summary>What Get-SmbSession would print at noon of 1 June 2026 (UTC), when the list took a second.</summary>
    /// <param name="lines">Id, instance, age in seconds, dialect, node, scope and client, with | between them.</param>
    public static string PrintedSessions(params IEnumerable<string> lines)
    {
        const long Noon = 639159120000000000;
        var sessions = lines.ToList();
        return string.Concat(
            $"smb1-exporter:asked={Noon}\r\nsmb1-exporter:answered={Noon + TimeSpan.TicksPerSecond}\r\n",
            string.Concat(sessions.Select(line => $"smb1-exporter:session={line}\r\n")),
            $"smb1-exporter:sessions={sessions.Count}\r\n");
    }

    public static ProcessResult Threw(string id, string category, int hresult = unchecked((int)0x80131500)) =>
        Printed($"smb1-exporter:error={id}\r\nsmb1-exporter:category={category}\r\nsmb1-exporter:hresult={hresult:x8}\r\nsmb1-exporter:end\r\n");
}
