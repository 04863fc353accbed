using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>A damaged state file that was renamed to make way for a new one.</summary>
/// <param name="Path">Where it lies now.</param>
/// <param name="LastWritten">When it was last written: what came before that may have been counted already.</param>
internal sealed record SetAsideState(string Path, DateTimeOffset LastWritten);

/// <summary>Tells a state file of ours from a damaged one and from a file of somebody else, before anything is written.</summary>
internal static class StateFileInspector
{
    /// <summary>What the name of a damaged file ends in, before the time.</summary>
    public const string Damaged = ".corrupt-";

    /// <summary>What the name of a file of another machine ends in, before the time.</summary>
    public const string OtherMachine = ".other-machine-";

    private const int NotADatabase = 26;
    private const int Corrupt = 11;
    private const int HeaderLength = 100;

    /// <summary>Renames a damaged state file of ours; throws when the file is not ours to touch.</summary>
    /// <param name="path">The state file.</param>
    /// <param name="usedBefore">Whether an exporter had it before: then an empty file is one that lost its content.</param>
    /// <param name="timeProvider">The clock.</param>
    public static SetAsideState? SetAsideIfDamaged(string path, bool usedBefore, TimeProvider timeProvider)
    {
        var file = new FileInfo(path);
        if (!file.Exists || (file.Length == 0 && !usedBefore))
        {
            return null;
        }

        // Before it is opened, which may write to it.
        var lastWritten = LastWritten(path);
        return file.Length > 0 && Inspect(path, usedBefore: usedBefore) ? null : SetAside(path, Damaged, lastWritten, timeProvider);
    }

    /// <summary>Renames a state file of ours.</summary>
    /// <param name="path">The state file.</param>
    /// <param name="suffix">What its name ends in, before the time.</param>
    /// <param name="timeProvider">The clock.</param>
    public static SetAsideState SetAside(string path, string suffix, TimeProvider timeProvider) => SetAside(path, suffix, LastWritten(path), timeProvider);

    /// <summary>Removes what belonged to a state file that is gone.</summary>
    public static void RemoveLeftovers(string path)
    {
        foreach (var part in new[] { "-wal", "-shm" })
        {
            File.Delete(path + part);
        }
    }

    private static SetAsideState SetAside(string path, string kind, DateTimeOffset lastWritten, TimeProvider timeProvider)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"{kind}{timeProvider.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
        while (File.Exists(path + suffix))
        {
            suffix += "-2";
        }

        foreach (var part in new[] { "-wal", "-shm", "" })
        {
            if (File.Exists(path + part))
            {
                File.Move(path + part, path + suffix + part);
            }
        }

        RemoveOldest(path, kind);
        return new SetAsideState(path + suffix, lastWritten);
    }

    /// <summary>Copies that were set aside hold addresses, and take room: the latest are kept.</summary>
    private static void RemoveOldest(string path, string kind)
    {
        const int Kept = 3;
        var copies = Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + kind + "*")
            .Where(copy => !copy.EndsWith("-wal", StringComparison.Ordinal) && !copy.EndsWith("-shm", StringComparison.Ordinal))
            .OrderDescending(StringComparer.Ordinal);
        foreach (var copy in copies.Skip(Kept))
        {
            File.Delete(copy);
            RemoveLeftovers(copy);
        }
    }

    private static DateTimeOffset LastWritten(string path)
    {
        var written = new[] { path, path + "-wal" }.Where(File.Exists).Max(File.GetLastWriteTimeUtc);
        return new DateTimeOffset(written, TimeSpan.Zero);
    }

    /// <summary>True when sound; false when damaged and ours.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">How it is opened.</param>
    /// <param name="usedBefore">Whether an exporter had it before: then what is no database any more was one.</param>
    /// <exception cref="StartupException">It is somebody else's, or of a newer version.</exception>
    public static bool Inspect(string path, SqliteOpenMode mode = SqliteOpenMode.ReadWrite, bool usedBefore = false)
    {
        try
        {
            using var connection = StateFile.Connect(path, mode);
            var applicationId = StateSchema.Scalar<long>(connection, "PRAGMA application_id");
            var isEmpty = StateSchema.Scalar<long>(connection, "SELECT count(*) FROM sqlite_schema") == 0;
            if (applicationId != StateSchema.ApplicationId && !(applicationId == 0 && isEmpty))
            {
                throw NotOurs(path, "is a SQLite database of another program");
            }

            var version = StateSchema.Scalar<long>(connection, "PRAGMA user_version");
            if (version > StateSchema.Version)
            {
                throw new StartupException(
                    $"The state file {path} was written by a newer smb1-exporter (format {version}, this one knows up to " +
                    $"{StateSchema.Version}). Run the newer version, or set Exporter:StateFile to another file. Nothing was changed.");
            }

            return StateSchema.Scalar<string>(connection, "PRAGMA quick_check(1)") == "ok" && (isEmpty || StateSchema.IsComplete(connection));
        }
        catch (SqliteException e) when (e.SqliteErrorCode is NotADatabase or Corrupt)
        {
            if (usedBefore || WasOurs(path))
            {
                return false;
            }

            throw NotOurs(path, "is not a state file of smb1-exporter");
        }
    }

    private static StartupException NotOurs(string path, string what) => new(
        $"{path} {what}. It was left as it is: move it away, or set Exporter:StateFile to another file.");

    /// <summary>
    /// A damaged file is taken for ours when its header or its schema still says so, or when it is all zeros, which is what a power
    /// failure leaves of a file.
    /// </summary>
    private static bool WasOurs(string path)
    {
        // On Windows whoever would not share it with its writer could not read a file that is in use.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[1024 * 1024];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var start = buffer.AsSpan(0, length);
        const int ApplicationIdOffset = 68;
        return start.IndexOfAnyExcept((byte)0) < 0
            || start.IndexOf(Encoding.ASCII.GetBytes(StateSchema.Marker)) >= 0
            || (length >= HeaderLength
                && System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(start[ApplicationIdOffset..]) == StateSchema.ApplicationId);
    }
}
