using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Smb1Exporter.State;

/// <summary>The lock beside a state file, held as long as an exporter uses it.</summary>
internal static class StateLock
{
    public static string PathOf(string path) => path + ".lock";

    /// <summary>Takes the lock; makes the folder if it is not there.</summary>
    /// <exception cref="StartupException">Another exporter holds it, or the folder cannot be written.</exception>
    public static FileStream Take(string path)
    {
        try
        {
            CreateFolder(Path.GetDirectoryName(path)!);
            return ExclusiveFile.OpenWhenFree(
                PathOf(path), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });
        }
        catch (IOException e) when (ExclusiveFile.IsSharingViolation(e))
        {
            throw new StartupException(
                $"The state file {path} is in use by another smb1-exporter. Stop that one, or give this one a file of its own " +
                "with Exporter:StateFile.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StateProblem.AtStart(path, e);
        }
    }

    /// <summary>
    /// From now on an empty state file is one that lost its content. Before, it is one whose making was interrupted: SQLite creates it empty,
    /// and nothing was counted into it.
    /// </summary>
    public static void MarkUsed(FileStream taken)
    {
        if (taken.Length == 0)
        {
            taken.Write("used\n"u8);
            taken.Flush(flushToDisk: true);
        }
    }

    /// <summary>Whether an exporter holds it.</summary>
    public static bool IsTaken(string path)
    {
        try
        {
            using var free = new FileStream(PathOf(Path.GetFullPath(path)), FileMode.Open, FileAccess.Read, FileShare.Read);
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
}
