using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>The opened state file. Holds a lock beside it, so that two exporters never count into one file.</summary>
internal sealed class StateFile : IDisposable
{
    private readonly FileStream _lock;

    private StateFile(FileStream fileLock, SqliteConnection connection, SetAsideState? setAside)
    {
        _lock = fileLock;
        Connection = connection;
        SetAside = setAside;
    }

    /// <summary>The one connection; not thread-safe.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>The damaged file that had to make way; null when there was none.</summary>
    public SetAsideState? SetAside { get; }

    /// <summary>Opens or creates the state file and proves that it can be written.</summary>
    /// <exception cref="StartupException">It cannot be used; nothing was overwritten.</exception>
    public static StateFile Open(string path, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        path = Path.GetFullPath(path);
        var fileLock = Lock(path);
        SqliteConnection? connection = null;
        try
        {
            var setAside = StateFileInspector.SetAsideIfDamaged(path, usedBefore: fileLock.Length > 0, timeProvider);
            connection = Connect(path, SqliteOpenMode.ReadWriteCreate);
            StateSchema.Prepare(connection, path);
            MarkUsed(fileLock);
            return new StateFile(fileLock, connection, setAside);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock.Dispose();
            if (e is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw Explain(path, e);
            }

            throw;
        }
    }

    public void Dispose()
    {
        Connection.Dispose();
        _lock.Dispose();
    }

    /// <summary>Whether an exporter has it open.</summary>
    public static bool IsInUse(string path)
    {
        try
        {
            using var free = new FileStream(LockOf(Path.GetFullPath(path)), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException e) when (ExclusiveFile.IsSharingViolation(e))
        {
            return true;
        }
    }

    /// <summary>A connection that leaves the file as it is until something is written.</summary>
    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string LockOf(string path) => path + ".lock";

    private static FileStream Lock(string path)
    {
        try
        {
            CreateFolder(Path.GetDirectoryName(path)!);
            return ExclusiveFile.OpenWhenFree(
                LockOf(path), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });
        }
        catch (UnauthorizedAccessException e)
        {
            throw Explain(path, e);
        }
        catch (IOException e) when (ExclusiveFile.IsSharingViolation(e))
        {
            throw new StartupException(
                $"The state file {path} is in use by another smb1-exporter. Stop that one, or give this one a file of its own " +
                "with Exporter:StateFile.",
                e);
        }
        catch (IOException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>
    /// From now on an empty state file is one that lost its content. Before, it is one whose making was interrupted: SQLite creates it empty,
    /// and nothing was counted into it.
    /// </summary>
    private static void MarkUsed(FileStream fileLock)
    {
        if (fileLock.Length == 0)
        {
            fileLock.Write("used\n"u8);
            fileLock.Flush(flushToDisk: true);
        }
    }

    private static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        // The file holds client addresses: readable by its owner alone, and on Windows by those who administer the machine anyway.
        if (OperatingSystem.IsWindows())
        {
            OwnersOnly().CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Without it a folder in ProgramData would inherit that every user may read in it and add files.</summary>
    [SupportedOSPlatform("windows")]
    private static DirectorySecurity OwnersOnly()
    {
        using var account = WindowsIdentity.GetCurrent();
        IdentityReference[] owners =
        [
            new SecurityIdentifier(WellKnownSidType.LocalSystemSid, null), new SecurityIdentifier(WellKnownSidType.BuiltinAdministratorsSid, null),
            account.User!,
        ];
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        foreach (var owner in owners)
        {
            const InheritanceFlags All = InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit;
            security.AddAccessRule(new FileSystemAccessRule(owner, FileSystemRights.FullControl, All, PropagationFlags.None, AccessControlType.Allow));
        }

        return security;
    }

    private static StartupException Explain(string path, Exception e)
    {
        const int Full = 13;
        var isFull = e is SqliteException { SqliteErrorCode: Full } || e is IOException { HResult: 28 or unchecked((int)0x80070070) };
        var remedy = isFull
            ? "The disk is full: free some space, or set Exporter:StateFile to a file on another disk."
            : "Give the account that runs smb1-exporter the right to write in that folder, or set Exporter:StateFile to another file.";
        return new StartupException($"The state file {path} cannot be written: {e.Message.TrimEnd('.')}. {remedy}", e);
    }
}
