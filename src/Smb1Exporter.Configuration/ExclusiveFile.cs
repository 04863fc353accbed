namespace Smb1Exporter.Configuration;

/// <summary>A file that one process at a time may have open: the lock beside a state file or a database.</summary>
public static class ExclusiveFile
{
    private const int Attempts = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Opens a file once nobody else has it open. A service counts as stopped while its process still closes the file: one that is started again
    /// at once waits for that, three seconds at the most.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened; <see cref="IsSharingViolation"/> when another process has it.</exception>
    public static FileStream OpenWhenFree(string path, FileStreamOptions options)
    {
        using var pause = new ManualResetEventSlim();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException e) when (IsSharingViolation(e) && attempt < Attempts)
            {
                pause.Wait(Pause);
            }
        }
    }

    /// <summary>Whether a file could not be opened because another process has it open.</summary>
    public static bool IsSharingViolation(IOException e)
    {
        ArgumentNullException.ThrowIfNull(e);
        const int EAgain = 11;
        const int ErrorSharingViolation = unchecked((int)0x80070020);
        return OperatingSystem.IsWindows() ? e.HResult == ErrorSharingViolation : e.HResult == EAgain;
    }
}
