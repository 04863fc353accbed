using System.Net;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>Asks Samba which SMB1 sessions are open now: <c>smbstatus --json</c>. Never its text, which stops at the first encrypted SMB1 session.</summary>
/// <param name="runner">Runs smbstatus.</param>
/// <param name="processes">The processes of this machine.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="configFile">The smb.conf that smbd runs with; an smbd with another one has another list.</param>
internal sealed class OpenSessionReader(IProcessRunner runner, ProcessList processes, TimeProvider timeProvider, string configFile)
{
    private const string Program = "smbstatus";
    private const uint NoCluster = uint.MaxValue; // NONCLUSTER_VNN
    private const int KeptOfConnection = 128;
    private const int ProgramNotFound = 2; // ENOENT

    // 200 sessions take a quarter of a second.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks now. Never throws but for cancellation.</summary>
    public async Task<OpenSessions> ReadAsync(CancellationToken cancellationToken)
    {
        // Only sessions, without shares and open files; with numbers for users, since one name that is not UTF-8 ends the list without an error.
        var result = await runner.RunAsync(
            Program, ["--json", "--processes", "--numeric", $"--configfile={configFile}"], Limit, cancellationToken);
        if (FindRefusal(result) is { } refused)
        {
            return refused;
        }

        try
        {
            return OpenSessionJson.Read(result.Output) is { } entries ? ToSessions(entries, result) : Failed(result, "it gave no list of sessions");
        }
        catch (FormatException e)
        {
            return Failed(result, e.Message);
        }
    }

    private static OpenSessions? FindRefusal(ProcessResult result)
    {
        if (result.ExitCode is null)
        {
            return result.StartError == ProgramNotFound
                ? new OpenSessions(
                    OpenSessionsOutcome.NotSupported, [], "Open SMB1 sessions cannot be determined: smbstatus (Debian: package samba) is not installed.")
                : Failed(result, "");
        }

        if (result.Error.Contains("only works as root", StringComparison.Ordinal))
        {
            return new OpenSessions(
                OpenSessionsOutcome.NotPermitted, [], "Open SMB1 sessions cannot be determined: only root may ask smbstatus; run smb1-exporter as root.");
        }

        // Before 4.17 there is no such option: newer ones say so, older ones print their text. One that was built without JSON says that.
        if (result.Error.Contains("JSON support not available", StringComparison.Ordinal)
            || result.Error.Contains("Invalid option --json", StringComparison.Ordinal)
            || result.Error.Contains("--json: unknown option", StringComparison.Ordinal)
            || result.Output.AsSpan().TrimStart().StartsWith("Samba version"))
        {
            return new OpenSessions(
                OpenSessionsOutcome.NotSupported, [], "Open SMB1 sessions cannot be determined: this smbstatus does not write JSON; Samba 4.17 or newer does.");
        }

        return result.IsCut ? Failed(result, "its answer is too long")

            // It answers with an empty list then.
            : result.Error.Contains("Can't load", StringComparison.Ordinal) ? Failed(result, "it cannot read its configuration")
            : null;
    }

    private static OpenSessions Failed(ProcessResult result, string why)
    {
        var said = result.Error.Length > 0 ? $"it said {Excerpt.Of(result.Error.Trim())}" : result.ExitCode is 0 or null ? "" : $"exit code {result.ExitCode}";
        var reasons = string.Join("; ", new[] { why, said }.Where(text => text.Length > 0));
        return new OpenSessions(OpenSessionsOutcome.Failed, [], $"Open SMB1 sessions cannot be determined: smbstatus failed: {reasons}.");
    }

    private OpenSessions ToSessions(IReadOnlyList<OpenSessionEntry> entries, ProcessResult result)
    {
        var smb1 = entries.Where(entry => entry.IsSmb1 == true).ToList();
        var sessions = smb1.Where(IsHere)
            .Select(ToSession)
            .GroupBy(session => session.Key, StringComparer.Ordinal)
            .Select(connection => connection.MinBy(session => session.Begin ?? DateTimeOffset.MaxValue)!)
            .OrderBy(session => session.Begin)
            .ToList();
        var elsewhere = smb1.Count(entry => !IsHere(entry));
        var doubts = FindDoubts(entries, result).ToList();
        return OpenSessions.Of(sessions, doubts, elsewhere);
    }

    private static IEnumerable<string> FindDoubts(IReadOnlyList<OpenSessionEntry> entries, ProcessResult result)
    {
        foreach (var doubt in OpenSessions.DoubtsOfDialects([.. entries.Where(entry => entry.IsSmb1 is null).Select(entry => entry.Dialect)]))
        {
            yield return doubt;
        }

        // It ends the list at a session that it cannot write, as one with a name that is not UTF-8, and reports success.
        if (result.Error.Contains("Unable to add", StringComparison.Ordinal) || !result.Succeeded)
        {
            yield return $"The list is incomplete: smbstatus said {Excerpt.Of(result.Error.Trim())} (exit code {result.ExitCode}).";
        }
    }

    /// <summary>Whether a session is of this machine: in a cluster (CTDB) every node lists those of all.</summary>
    private bool IsHere(OpenSessionEntry entry) =>
        entry.Node is null or NoCluster || entry.ProcessId is not { } id || processes.FindSamba(id) is not null;

    private OpenSession ToSession(OpenSessionEntry entry)
    {
        var status = entry.ProcessId is { } id ? processes.StatusOf(id) : null;
        var name = entry.HostName ?? "";
        var isKnown = SambaText.TryReadAddress(name, out var client, out var port);
        if (!isKnown && entry.RemoteMachine is { } machine && IPAddress.TryParse(machine, out _))
        {
            client = machine;
        }

        var begin = SambaText.TryReadTime(entry.CreationTime, out var created) ? created : status is { } known ? TimeOf(known.Started) : null;
        return new OpenSession(
            client, isKnown ? port : null, name.Length > KeptOfConnection ? name[..KeptOfConnection] : name, entry.ProcessId, status?.Started, begin);
    }

    private DateTimeOffset? TimeOf(long started) =>
        processes.Uptime is { } uptime ? timeProvider.GetUtcNow() - TimeSpan.FromSeconds(Math.Max(0, uptime - (started / 100.0))) : null;
}
