using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// The smb.conf on disk: read, backed up, replaced in one step and put back. Failures are <see cref="IOException"/>s with the remedy.
/// </summary>
internal sealed partial class SmbConfFile
{
    private const int Exists = 0; // F_OK
    private const int WriteOk = 2; // W_OK
    private readonly IProcessRunner _processes;
    private readonly string _path;

    /// <summary>Follows symbolic links, so that a replacement replaces the file and leaves the link.</summary>
    public SmbConfFile(IProcessRunner processes, string path)
    {
        _processes = processes;
        _path = Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
    }

    /// <summary>The file itself, links resolved.</summary>
    public string FullName => _path;

    /// <summary>The file that the changed text is tried in, beside the original; a leftover of a killed run is overwritten.</summary>
    public string Candidate => _path + ".smb1-exporter-candidate";

    /// <summary>Its bytes as Latin-1.</summary>
    public string Read() => ConfigurationReader.Read(_path);

    /// <summary>Copies the original, with owner, mode and extended attributes, to a name that nothing has yet.</summary>
    /// <returns>The copy's path.</returns>
    public async Task<string> BackUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var name = $"{_path}.smb1-exporter-backup-{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        var backup = name;
        for (var number = 2; Path.Exists(backup); number++)
        {
            backup = $"{name}-{number}";
        }

        await CopyAsync(backup, cancellationToken);
        return backup;
    }

    /// <summary>Writes the candidate, down to the disk, with the original's owner, mode and extended attributes.</summary>
    public async Task WriteCandidateAsync(string text, CancellationToken cancellationToken)
    {
        File.Delete(Candidate);
        await CopyAsync(Candidate, cancellationToken);
        using var file = new FileStream(Candidate, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.SetLength(0);
        await file.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// Puts a file in the place of the one that is there now, in one step, if that still holds <paramref name="expected"/>.
    /// </summary>
    /// <exception cref="IOException">It cannot be replaced, or somebody changed it meanwhile; nothing was replaced.</exception>
    public void Replace(string with, string expected)
    {
        if (Read() != expected)
        {
            throw new IOException($"{_path} was changed by somebody else meanwhile; nothing was overwritten, the next check tries again");
        }

        try
        {
            File.Move(with, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"{_path} could not be replaced ({e.Message}); where it is mounted by itself (containers), mount its directory instead", e);
        }
    }

    /// <summary>Removes a file of ours; that it cannot be removed is no reason to fail.</summary>
    public static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nothing reads it; the next run overwrites a candidate.
        }
    }

    /// <summary>Why a log could not be created beside others; null when it could.</summary>
    public static string? FindFaultWithDirectoryOf(string log) =>
        FindMissingDirectoryOf(log)
        ?? (AuditLogPath.DirectoryOf(log) is { } directory && Access(directory, WriteOk) != 0
            ? $"the directory {directory} of the audit log cannot be written to ({Marshal.GetLastPInvokeErrorMessage()}); "
                + "make it writable for smbd, or set Exporter:Samba:AuditLog to a path elsewhere"
            : null);

    /// <summary>Says so, with the remedy, when the directory of a log is not there; null when it is, or may not be looked at.</summary>
    public static string? FindMissingDirectoryOf(string log)
    {
        const int NotFound = 2; // ENOENT
        const int NotADirectory = 20; // ENOTDIR
        return AuditLogPath.DirectoryOf(log) is { } directory
            && Access(directory, Exists) != 0
            && Marshal.GetLastPInvokeError() is NotFound or NotADirectory
                ? $"the directory {directory} of the audit log does not exist; create it, or set Exporter:Samba:AuditLog to a path elsewhere"
                : null;
    }

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    private async Task CopyAsync(string copy, CancellationToken cancellationToken)
    {
        var result = await _processes.RunAsync("cp", ["-a", "-T", "--", _path, copy], TimeSpan.FromSeconds(15), cancellationToken);
        if (!result.Succeeded)
        {
            throw new IOException(
                $"{copy} could not be written ({result.Error.Trim()}); smb1-exporter needs to write in that directory, as root");
        }

        // cp says nothing when it may not give the copy to the original's owner.
        var owners = await _processes.RunAsync("stat", ["-c", "%u:%g:%a", "--", _path, copy], TimeSpan.FromSeconds(15), cancellationToken);
        if (owners.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is not [var original, var copied] || original != copied)
        {
            Remove(copy);
            var difference = owners.Output.ReplaceLineEndings(" ").Trim();
            throw new IOException($"{copy} could not be given the owner and mode of {_path} ({difference}); run smb1-exporter as root");
        }
    }
}
