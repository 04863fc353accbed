using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>Says what keeps the state file from being written, and the remedy.</summary>
internal static class StateProblem
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;
    private const int NoSpace = 28; // ENOSPC
    private const int WindowsDiskFull = unchecked((int)0x80070070); // ERROR_DISK_FULL

    /// <summary>While the program runs.</summary>
    public static string Of(string path, Exception e) => e switch
    {
        StartupException => e.Message,
        SqliteException { SqliteErrorCode: Busy or Locked } =>
            $"The state file {path} is locked by another program. It is tried again until that one lets go: end the backup, the virus scanner or the " +
            "SQLite shell that has it open.",
        _ => $"The state file {path} cannot be written: {Reason(e)}. {Remedy(e)}",
    };

    /// <summary>Whether another program holds it.</summary>
    public static bool IsLocked(Exception e) => e is SqliteException { SqliteErrorCode: Busy or Locked };

    /// <summary>When the program starts.</summary>
    public static StartupException AtStart(string path, Exception e) => new(Of(path, e), e);

    private static string Reason(Exception e) => e.Message.TrimEnd('.');

    private static string Remedy(Exception e) => e is SqliteException { SqliteErrorCode: Full } or IOException { HResult: NoSpace or WindowsDiskFull }
        ? "The disk is full: free some space, or set Exporter:StateFile to a file on another disk."
        : "Give the account that runs smb1-exporter the right to write in that folder, or set Exporter:StateFile to another file.";
}
