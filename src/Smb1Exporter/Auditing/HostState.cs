namespace Smb1Exporter.Auditing;

/// <summary>What is known of this host right now; null where it could not be told (yet). Written by the workers, read by scrapes.</summary>
internal sealed class HostState
{
    private volatile SourceReading _source = new(null, "not read yet");
    private volatile AuditingState _auditing = new(null, null, "not checked yet");

    private readonly TaskCompletionSource _checked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Raised after something came to be known that was not before.</summary>
    public event EventHandler? Changed;

    /// <summary>All that is known.</summary>
    public HostReading Reading
    {
        get
        {
            var (auditing, source) = (_auditing, _source);
            var detail = auditing.AuditingEnabled == true ? auditing.Warning : auditing.Explanation;
            return new HostReading(auditing.ServerEnabled, auditing.AuditingEnabled, detail, source.Up, source.Detail);
        }
    }

    /// <summary>Whether the last read of the audit log worked.</summary>
    public bool? SourceUp => _source.Up;

    /// <summary>What the last read found wrong; empty when it worked.</summary>
    public string SourceDetail => _source.Detail;

    /// <summary>What the last check of auditing found.</summary>
    public AuditingState Auditing
    {
        get => _auditing;
        set
        {
            var changed = value != _auditing;
            _auditing = value;
            if (changed)
            {
                Changed?.Invoke(this, EventArgs.Empty);
            }

            _checked.TrySetResult();
        }
    }

    /// <summary>Completes with the first check of auditing, which may have switched it on and so made the log.</summary>
    public Task Checked => _checked.Task;

    /// <summary>Notes a read that worked.</summary>
    /// <returns>True when the one before had not.</returns>
    public bool SourceWorked() => Set(new SourceReading(true, ""));

    /// <summary>Notes a read that failed.</summary>
    /// <returns>True when this is news: the one before had worked, or failed for another reason.</returns>
    public bool SourceFailed(string detail) => Set(new SourceReading(false, detail));

    private bool Set(SourceReading reading)
    {
        var changed = reading != _source;
        _source = reading;
        if (changed)
        {
            Changed?.Invoke(this, EventArgs.Empty);
        }

        return changed;
    }

    private sealed record SourceReading(bool? Up, string Detail);
}
