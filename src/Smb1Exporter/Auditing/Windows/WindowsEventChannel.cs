using System.Diagnostics.Eventing.Reader;
using System.Globalization;
using System.Runtime.Versioning;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// A channel of this machine's event log, through System.Diagnostics.Eventing.Reader. Reads every record and picks ours by provider and event id
/// here: a bookmark can only be relied on within a query that its record is in (EVT_SEEK_FLAGS, remarks).
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsEventChannel(string name) : IEventChannel
{
    private const string Everything = "*";

    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public ChannelState GetState()
    {
        try
        {
            using var configuration = new EventLogConfiguration(name);
            var status = configuration.IsEnabled ? ChannelStatus.Enabled : ChannelStatus.Disabled;
            return new ChannelState(status, configuration.MaximumSizeInBytes, FileBytes());
        }
        catch (EventLogNotFoundException)
        {
            return new ChannelState(ChannelStatus.Absent);
        }
        catch (UnauthorizedAccessException)
        {
            return new ChannelState(ChannelStatus.AccessDenied);
        }
        catch (Exception)
        {
            return new ChannelState(ChannelStatus.Unknown);
        }
    }

    /// <inheritdoc />
    public void Enable() => Guarded(() =>
    {
        using var configuration = new EventLogConfiguration(name);
        configuration.IsEnabled = true;
        configuration.SaveChanges();
        return true;
    });

    /// <inheritdoc />
    public ChannelRecord? Oldest() => Guarded(() => First(reverse: false));

    /// <inheritdoc />
    public ChannelRecord? Newest() => Guarded(() => First(reverse: true));

    /// <inheritdoc />
    public IReadOnlyList<ChannelRecord> ReadFrom(long recordId, int limit) => Guarded(() =>
    {
        var read = ReadFromBookmark(recordId, limit);
        if (read is [var first, ..] && first.RecordId == recordId)
        {
            return read;
        }

        // A bookmark whose record is gone lands on the boundary of the log. A query by number, slow but plain, has the last word on that.
        using var reader = Open(string.Create(CultureInfo.InvariantCulture, $"*[System[EventRecordID>={recordId}]]"));
        read = ReadAll(reader, limit, known: 1);
        return read is [var found, ..] && found.RecordId == recordId ? read : [];
    });

    /// <inheritdoc />
    public IReadOnlyList<ChannelRecord> ReadSince(DateTimeOffset time, int limit) => Guarded(() =>
    {
        // FILETIME, in which the log keeps times, begins with 1601; whole milliseconds are what event queries are documented with.
        var utc = time.UtcDateTime;
        using var reader = Open(utc.Year < 1602
            ? Everything
            : string.Create(CultureInfo.InvariantCulture, $"*[System[TimeCreated[@SystemTime>='{utc:yyyy-MM-dd'T'HH:mm:ss.fff}Z']]]"));
        return ReadAll(reader, limit, known: 0, time);
    });

    /// <inheritdoc />
    public IDisposable Subscribe(Action written, Action<Exception> failed) => new ChannelSubscription(name, written, failed);

    private long? FileBytes()
    {
        try
        {
            return EventLogSession.GlobalSession.GetLogInformation(name, PathType.LogName).FileSize;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private ChannelRecord? First(bool reverse)
    {
        using var reader = Open(Everything, reverse);
        reader.BatchSize = 1;
        using var record = reader.ReadEvent();
        return record is null ? null : Read(record);
    }

    private List<ChannelRecord> ReadFromBookmark(long recordId, int limit)
    {
        try
        {
            using var reader = Open(Everything);
            var bookmark = string.Create(
                CultureInfo.InvariantCulture, $"<BookmarkList><Bookmark Channel='{name}' RecordId='{recordId}' IsCurrent='true'/></BookmarkList>");
            reader.Seek(new EventBookmark(bookmark), 0);
            return ReadAll(reader, limit, known: 1);
        }
        catch (EventLogException)
        {
            // ERROR_EVT_QUERY_RESULT_STALE or _INVALID_POSITION where the log was cleared; any other failure shows again in the query by number.
            return [];
        }
    }

    private EventLogReader Open(string query, bool reverse = false) =>
        new(new EventLogQuery(name, PathType.LogName, query) { ReverseDirection = reverse });

    /// <param name="reader">Stands before the first record to read.</param>
    /// <param name="limit">The most records to read.</param>
    /// <param name="known">How many of them the caller knows already: a failure right behind those must show, or reading would stand still.</param>
    /// <param name="notBefore">Drops records created before; null keeps all.</param>
    private static List<ChannelRecord> ReadAll(EventLogReader reader, int limit, int known, DateTimeOffset? notBefore = null)
    {
        var records = new List<ChannelRecord>();
        try
        {
            while (records.Count < limit && reader.ReadEvent() is { } read)
            {
                using var owned = read;
                var record = Read(owned);
                if (notBefore is null || record.Time >= notBefore)
                {
                    records.Add(record);
                }
            }
        }
        catch (EventLogException) when (records.Count > known)
        {
            // What was read stays good; the next read begins behind it, and meets the failure or finds the log cleared.
        }

        return records;
    }

    private static ChannelRecord Read(EventRecord record)
    {
        if (record.RecordId is not { } id || record.TimeCreated is not { } created)
        {
            throw new InvalidDataException("a record has no number or no time");
        }

        var time = new DateTimeOffset(created.ToUniversalTime());
        if (!SmbServerEvents.Concerns(record.ProviderName, record.ProviderId, record.Id))
        {
            return new ChannelRecord(id, time, Xml: null);
        }

        try
        {
            return new ChannelRecord(id, time, record.ToXml());
        }
        catch (EventLogException e)
        {
            return new ChannelRecord(
                id, time, Xml: null, $"event {record.Id} cannot be rendered (error 0x{e.HResult.ToString("x8", CultureInfo.InvariantCulture)})");
        }
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (EventLogNotFoundException e)
        {
            throw ChannelProblem.Absent(name, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw ChannelProblem.AccessDenied(name, e);
        }
        catch (Exception e)
        {
            throw ChannelProblem.Unreadable(name, e);
        }
    }
}
