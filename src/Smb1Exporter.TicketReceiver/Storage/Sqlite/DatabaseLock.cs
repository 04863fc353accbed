namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>A lock file beside the database: two receivers on one file would deliver the same notification twice.</summary>
internal static class DatabaseLock
{
    private const int Attempts = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock; it ends when what is returned is disposed of, or the process dies.</summary>
    /// <exception cref="StartupException">Another receiver has it, or the lock file cannot be made.</exception>
    public static IDisposable Take(string path)
    {
        try
        {
            DatabaseFile.CreateFolder(path);
            return TakeWhenFree($"{path}.lock");
        }
        catch (IOException e) when (IsSharingViolation(e))
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

    // A service counts as stopped while its process still closes the file: one that is started again at once waits for that.
    private static FileStream TakeWhenFree(string path)
    {
        using var pause = new ManualResetEventSlim();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, DatabaseFile.ForOwner(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (IsSharingViolation(e) && attempt < Attempts)
            {
                pause.Wait(Pause);
            }
        }
    }

    private static bool IsSharingViolation(IOException e)
    {
        const int EAgain = 11;
        const int ErrorSharingViolation = unchecked((int)0x80070020);
        return OperatingSystem.IsWindows() ? e.HResult == ErrorSharingViolation : e.HResult == EAgain;
    }
}
