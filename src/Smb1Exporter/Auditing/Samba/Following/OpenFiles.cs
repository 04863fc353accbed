using Microsoft.Win32.SafeHandles;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// The files kept open: a file that is renamed, overwritten by the next rotation, or removed can still be read to its end. Bounded; a file
/// that was written last longest ago is closed first.
/// </summary>
internal sealed class OpenFiles(ILogFileSystem fileSystem, int limit) : IDisposable
{
    private readonly Dictionary<FileIdentity, OpenFile> _open = [];
    private readonly Lock _capturing = new();
    private readonly List<OpenFile> _captured = [];
    private bool _disposed;

    /// <summary>An open file and where it was opened.</summary>
    internal sealed record OpenFile(SafeFileHandle Handle, FileIdentity Identity, string Path);

    /// <summary>The files open now.</summary>
    public IReadOnlyCollection<OpenFile> All => _open.Values;

    /// <summary>Opens a file that just appeared, before the next rotation can take it away. Called from the watcher's thread; never throws.</summary>
    public void Capture(string path)
    {
        try
        {
            if (fileSystem.GetStatus(path) is not { Kind: FileKind.Regular })
            {
                return;
            }

            var file = Open(path);
            lock (_capturing)
            {
                if (_disposed || _captured.Count >= limit || _captured.Exists(other => other.Identity == file.Identity))
                {
                    file.Handle.Dispose();
                    return;
                }

                _captured.Add(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look meets the same failure and reports it.
        }
    }

    /// <summary>Takes over what was captured since the last look.</summary>
    public void AdoptCaptured()
    {
        lock (_capturing)
        {
            foreach (var file in _captured)
            {
                if (!_open.TryAdd(file.Identity, file))
                {
                    file.Handle.Dispose();
                }
            }

            _captured.Clear();
        }
    }

    public OpenFile? Find(FileIdentity identity) => _open.GetValueOrDefault(identity);

    /// <summary>Opens a file, or gives the handle already open on the same one.</summary>
    public OpenFile Get(string path, FileIdentity identity)
    {
        if (_open.TryGetValue(identity, out var known))
        {
            return known;
        }

        var file = Open(path);
        if (_open.TryGetValue(file.Identity, out var same))
        {
            file.Handle.Dispose();
            return same;
        }

        _open.Add(file.Identity, file);
        return file;
    }

    public void Close(FileIdentity identity)
    {
        if (_open.Remove(identity, out var file))
        {
            file.Handle.Dispose();
        }
    }

    /// <summary>Closes what is over the limit, the least recently written first; only files whose last write is given.</summary>
    public void Trim(Dictionary<FileIdentity, long> lastWrites)
    {
        var closable = _open.Values.Where(file => lastWrites.ContainsKey(file.Identity));
        foreach (var file in closable.OrderByDescending(file => lastWrites[file.Identity]).Skip(limit).ToList())
        {
            Close(file.Identity);
        }
    }

    public void Dispose()
    {
        lock (_capturing)
        {
            _disposed = true;
            foreach (var file in _captured.Concat(_open.Values))
            {
                file.Handle.Dispose();
            }

            _captured.Clear();
            _open.Clear();
        }
    }

    private OpenFile Open(string path)
    {
        var handle = fileSystem.Open(path);
        try
        {
            return new OpenFile(handle, fileSystem.GetStatus(handle).Identity, path);
        }
        catch (Exception)
        {
            handle.Dispose();
            throw;
        }
    }
}
