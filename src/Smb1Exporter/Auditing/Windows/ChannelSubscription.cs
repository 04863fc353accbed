using System.Diagnostics.Eventing.Reader;
using System.Runtime.Versioning;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>Change notices of one channel. Starts with future events and without a bookmark: what happened before is found by reading.</summary>
[SupportedOSPlatform("windows")]
internal sealed class ChannelSubscription : IDisposable
{
    private readonly Action _written;
    private readonly Action<Exception> _failed;
    private readonly EventLogWatcher _watcher;

    public ChannelSubscription(string channel, Action written, Action<Exception> failed)
    {
        _written = written;
        _failed = failed;
        _watcher = new EventLogWatcher(new EventLogQuery(channel, PathType.LogName, SmbServerEvents.Query));
        _watcher.EventRecordWritten += OnEvent;
        try
        {
            _watcher.Enabled = true;
        }
        catch
        {
            _watcher.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _watcher.EventRecordWritten -= OnEvent;
        _watcher.Dispose();
    }

    private void OnEvent(object? sender, EventRecordWrittenEventArgs e)
    {
        using (e.EventRecord)
        {
            if (e.EventException is not { } failure)
            {
                _written();
                return;
            }

            // Stopped here and not only by the owner: after an error the watcher may go on to ask for the same events in a loop.
            _watcher.Enabled = false;
            _failed(failure);
        }
    }
}
