using System.Globalization;
using System.Text.RegularExpressions;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>What smbd says of itself.</summary>
/// <param name="Running">Whether smbd runs; null when it could not be asked.</param>
/// <param name="AuditLevel">The level of auth_json_audit in force; null when smbd did not say or does not know the class.</param>
/// <param name="ProcessId">The smbd that answered.</param>
/// <param name="Error">Why it could not be asked.</param>
internal sealed record SmbdState(bool? Running, int? AuditLevel = null, int? ProcessId = null, string Error = "");

/// <summary>Asks and tells Samba through its own programs: testparm(1), smbcontrol(1), smbd(8).</summary>
internal sealed partial class SambaTools(IProcessRunner processes, string configFile)
{
    // smbcontrol itself waits up to 10 s for an smbd that does not answer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>The value that a parameter of [global] has, by the file or by default; else why it cannot be told.</summary>
    /// <remarks>
    /// Not for "log level": testparm sets its own and prints 1 whatever the file says. It ends with 1 over much that has nothing to do with the
    /// parameter, such as a missing lock directory, and prints the value all the same; without a file that it could load it prints nothing (tried
    /// with Samba 4.17).
    /// </remarks>
    public async Task<(string? Value, string Error)> GetParameterAsync(string name, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync("testparm", ["-s", $"--parameter-name={name}", configFile], Limit, cancellationToken);
        return result.Succeeded || HasLoaded(result) ? (result.Output.Trim(), "") : (null, Complaint("testparm", result));
    }

    /// <summary>The version as smbd names it (%v in smb.conf), such as "4.17.12-Debian"; null when it does not say.</summary>
    public async Task<string?> GetVersionAsync(CancellationToken cancellationToken)
    {
        const string Prefix = "Version ";
        var result = await processes.RunAsync("smbd", ["-V"], Limit, cancellationToken);
        return result.Succeeded && result.Output.StartsWith(Prefix, StringComparison.Ordinal) ? result.Output[Prefix.Length..].Trim() : null;
    }

    /// <summary>
    /// Has testparm load a file that is to take the place of smb.conf; null when it finds no fault with it, or only those that it finds with smb.conf
    /// as it is; else what it says.
    /// </summary>
    public async Task<string?> FindFaultAsync(string file, CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync("testparm", ["-s", file], Limit, cancellationToken);
        if (result.Succeeded)
        {
            return null;
        }

        var before = await processes.RunAsync("testparm", ["-s", configFile], Limit, cancellationToken);
        return HasLoaded(result) && HasLoaded(before) && result.ExitCode == before.ExitCode && !LinesOf(result).Except(LinesOf(before)).Any()
            ? null
            : Complaint("testparm", result);
    }

    /// <summary>Asks smbd for the debug levels in force.</summary>
    public async Task<SmbdState> GetSmbdStateAsync(CancellationToken cancellationToken)
    {
        var result = await SmbcontrolAsync("debuglevel", cancellationToken);
        if (IsNotRunning(result))
        {
            return new SmbdState(false);
        }

        return result.Succeeded && ParseDebugLevels(result.Output) is { } state
            ? state
            : new SmbdState(null, Error: Complaint("smbcontrol", result));
    }

    /// <summary>
    /// Makes a running smbd and its children read the configuration again; null when told, or when no smbd runs, else why not.
    /// </summary>
    public async Task<string?> ReloadAsync(CancellationToken cancellationToken)
    {
        var result = await SmbcontrolAsync("reload-config", cancellationToken);
        return result.Succeeded || IsNotRunning(result) ? null : Complaint("smbcontrol", result);
    }

    /// <summary>
    /// Whether this Samba can write JSON at all: "--without-json" builds know the debug class but write nothing under it.
    /// </summary>
    /// <returns>False only when smbd lists how it was built and JSON is not among it.</returns>
    public async Task<bool> MayWriteJsonAsync(CancellationToken cancellationToken)
    {
        var result = await processes.RunAsync("smbd", ["-b"], Limit, cancellationToken);
        return !result.Succeeded
            || !result.Output.Contains("HAVE_", StringComparison.Ordinal)
            || result.Output.Split('\n', StringSplitOptions.TrimEntries).Contains("HAVE_JSON_OBJECT");
    }

    /// <summary>
    /// Reads <c>PID 4711: all:1 … auth_json_audit:5 …</c>, a line for each process that answered; the lowest level counts. In a cluster (CTDB) the
    /// number of the node stands before that of the process, <c>PID 1:4711:</c>, and a number of a task may stand behind it, <c>PID 4711.2:</c>
    /// (server_id_str_buf in Samba's librpc/ndr/ndr_server_id.c).
    /// </summary>
    internal static SmbdState? ParseDebugLevels(string output)
    {
        SmbdState? state = null;
        foreach (var line in output.Split('\n'))
        {
            if (Answer().Match(line) is not { Success: true } answer
                || !int.TryParse(answer.Groups["process"].ValueSpan, CultureInfo.InvariantCulture, out var processId))
            {
                continue;
            }

            var level = AuditLevelIn(line[answer.Length..]);
            if (state is null || level is null || level < state.AuditLevel)
            {
                state = new SmbdState(true, level, processId);
            }
        }

        return state;
    }

    private static int? AuditLevelIn(string levels)
    {
        const string Prefix = SambaLogLevel.AuditClass + ":";
        var word = levels.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(word => word.StartsWith(Prefix, StringComparison.Ordinal));
        return word is not null && int.TryParse(word.AsSpan(Prefix.Length), CultureInfo.InvariantCulture, out var level) ? level : null;
    }

    private Task<ProcessResult> SmbcontrolAsync(string message, CancellationToken cancellationToken) =>
        processes.RunAsync("smbcontrol", ["-s", configFile, "smbd", message], Limit, cancellationToken);

    private static bool IsNotRunning(ProcessResult result) =>
        !result.Succeeded && (result.Output + result.Error).Contains("Can't find pid for destination", StringComparison.Ordinal);

    private static string Complaint(string program, ProcessResult result)
    {
        if (result.ExitCode is null)
        {
            return $"{result.Error}; is the package that holds {program} (Debian: samba-common-bin) installed and on the PATH?";
        }

        var said = string.Join("; ", LinesOf(result).Take(4));
        return $"{program} said \"{said}\" (exit code {result.ExitCode})"
            + (said.Contains("not root", StringComparison.Ordinal) ? "; run smb1-exporter as root" : "");
    }

    /// <summary>Whether testparm could load the file, whatever else it says of it: else it prints nothing, and a value has at least its line break.</summary>
    private static bool HasLoaded(ProcessResult result) => result.ExitCode is not null && result.Output.Length > 0;

    /// <summary>What a program said. What testparm says of every file, good or bad, is left out.</summary>
    private static List<string> LinesOf(ProcessResult result) =>
        [.. (result.Error + "\n" + (result.Succeeded ? result.Output : ""))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Load smb config files", StringComparison.Ordinal)
                && !line.StartsWith("Weak crypto", StringComparison.Ordinal)
                && !line.StartsWith("Loaded services file OK", StringComparison.Ordinal))];

    [GeneratedRegex(@"^PID (?:[0-9]+:)?(?<process>[0-9]+)(?:\.[0-9]+)?:(?= |$)")]
    private static partial Regex Answer();
}
