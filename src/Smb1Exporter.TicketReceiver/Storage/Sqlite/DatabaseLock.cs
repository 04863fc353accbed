namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>A lock file beside the database: two receivers on one file would deliver the same notification twice.</summary>
internal static class DatabaseLock
{
    /// <summary>Takes the lock; it ends when what is returned is disposed of, or the process dies.</summary>
    /// <exception cref="StartupException">Another receiver has it, or the lock file cannot be made.</exception>
    public static IDisposable Take(string path)
    {
        try
        {
            DatabaseFile.CreateFolder(path);
            return ExclusiveFile.OpenWhenFree($"{path}.lock", DatabaseFile.ForOwner(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (ExclusiveFile.IsSharingViolation(e))
        {
            throw DatabaseFile.Fault(
                path,
                "is in use by another smb1-ticket-receiver",
                "Stop that one, or name another file; when several receivers are to share one queue, let Receiver:Database name a PostgreSQL database (Host=…;Database=…;Username=…)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw DatabaseFile.CannotCreate(path, e);
        }
    }
}
