using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Commands;

/// <summary>What <c>check</c> says of the state file.</summary>
internal static class StateFileCheck
{
    private const string Subject = "State file";

    /// <summary>Looks at it; changes nothing.</summary>
    public static Finding Run(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length == 0)
            {
                return CheckFolder(path);
            }

            return StateFileInspector.Inspect(path)
                ? Finding.Ok(Subject, $"{path} is sound: {Summary(path)}")
                : Finding.Fault(Subject, $"{path} is damaged. Remedy: start smb1-exporter, which sets it aside and begins a new one.");
        }
        catch (StartupException e)
        {
            return Finding.Fault(Subject, e.Message);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return Finding.Fault(Subject, $"{path} cannot be opened: {e.Message} Remedy: run check as the account that runs smb1-exporter.");
        }
    }

    /// <summary>Why the exporter could not switch auditing on when it last tried; null when it could, or when that cannot be told.</summary>
    public static string? AuditingFailure(string path) => TryRead(path, state => state.Values.GetValueOrDefault(StateNames.AuditingFailure));

    /// <summary>When SMB1 was last recorded; null where it never was, or that cannot be told.</summary>
    public static DateTimeOffset? LastAttempt(string path) => TryRead(path, state => AttemptTotals.Of(state).LastAttempt);

    /// <summary>Whether a running exporter has its own log-ons recorded; null where none runs, or that cannot be told.</summary>
    public static ProofResult? AuditedByRunning(string path) => TryRead(
        path, state => StateLock.IsTaken(path) && ExporterRecord.ReadFrom(state)?.Host.Proof.Audited is { Answer: not null } audited ? audited : null);

    /// <summary>The server's name that was shown last; null where none was, or that cannot be told.</summary>
    public static string? HostName(string path) => TryRead(path, state => state.Values.GetValueOrDefault(ExporterRecord.HostNameKey));

    /// <summary>What keeps the exporter that runs now from reading the audit log; null when nothing does, or none runs.</summary>
    public static string? SourceFailure(string path) => TryRead(
        path, state => StateLock.IsTaken(path) && ExporterRecord.ReadFrom(state)?.Host is { SourceUp: false } host ? host.SourceDetail : null);

    // What is wrong with the file is told where it is looked at.
    private static T? TryRead<T>(string path, Func<StoredState, T?> read)
    {
        try
        {
            return File.Exists(path) ? read(StateReader.Read(path)) : default;
        }
        catch (Exception e) when (e is SqliteException or DamagedRowException or IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>What was counted so far, and how much of it can be relied on.</summary>
    private static string Summary(string path)
    {
        var totals = AttemptTotals.Of(StateReader.Read(path));
        var covered = totals.CoveredSince is not null ? $"watched without a gap for {Figures.Duration(totals.Watched.Covered)}" : "not covered now";
        return $"{Figures.Count(totals.TrackedClients, "client", "D")}, {Figures.Count(totals.Clients.Sum(client => client.Attempts.Total), "attempt", "D")}, "
            + $"{Figures.Count(totals.Gaps.Total, "gap", "D")}; {covered}";
    }

    private static Finding CheckFolder(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            return Finding.Ok(Subject, $"{path} is not there yet; it and its folder are made at the first start");
        }

        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".smb1-exporter-check-{Guid.NewGuid():N}"),
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return Finding.Ok(Subject, $"{path} is not there yet; it is made at the first start");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fault(
                Subject,
                $"the folder {folder} cannot be written: {e.Message} Remedy: give the account that runs smb1-exporter the right to write " +
                "in it, or set Exporter:StateFile to another file.");
        }
    }
}
