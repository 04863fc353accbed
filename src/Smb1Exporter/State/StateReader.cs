using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>Reads a state file beside the exporter that uses it, and tells whether what it says is fresh.</summary>
internal static class StateReader
{
    /// <summary>A mark that is older is of an exporter that does not run any more; it is renewed every five seconds.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <summary>Whether there is a state file.</summary>
    /// <exception cref="UnauthorizedAccessException">This account may not look: to it, a file that is there seems not to be.</exception>
    public static bool IsThere(string path)
    {
        try
        {
            return !File.GetAttributes(path).HasFlag(FileAttributes.Directory);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <exception cref="SqliteException">It cannot be read.</exception>
    /// <exception cref="DamagedRowException">It is damaged.</exception>
    public static StoredState Read(string path)
    {
        using var connection = StateFile.Connect(path, SqliteOpenMode.ReadOnly);
        using var transaction = connection.BeginTransaction(deferred: true);
        if (StateSchema.Scalar<long>(connection, "PRAGMA user_version") == 1)
        {
            return FirstFormat.Read(connection, transaction);
        }

        using var journal = new StateJournal(connection);
        return journal.Read(transaction, timestamp: 0);
    }

    /// <summary>Why the file does not say what happens now: a sentence; empty where an exporter runs and writes it.</summary>
    public static string FindStaleness(string path)
    {
        path = Path.GetFullPath(path);
        if (!StateLock.IsTaken(path))
        {
            return "smb1-exporter does not run on this server.";
        }

        return StateMark.Read(path) switch
        {
            null => "Whether smb1-exporter still works on this server cannot be told: its mark beside the state file is missing or damaged.",
            { Problem.Length: > 0 } => "smb1-exporter runs on this server, but cannot write its state file.",
            var mark when (StateMark.SinceBoot() - mark.Alive).Duration() > Fresh => "smb1-exporter is started on this server, but has not stirred for over a minute.",
            _ => "",
        };
    }
}
