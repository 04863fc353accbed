using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Smb1Exporter.Auditing;

/// <summary>
/// The connections that we make ourselves to see whether their records arrive: who makes them waits here, and who reads the log tells what came.
/// Safe for use by several threads.
/// </summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class OwnConnections(TimeProvider timeProvider)
{
    /// <summary>
    /// A read that begins so long after the answer of the server would have met the record, where that is written before the answer (Samba). As often it is
    /// looked anew.
    /// </summary>
    private static readonly TimeSpan NoticeTakes = TimeSpan.FromMilliseconds(200);

    /// <summary>After so long nothing finishes any more what stands unfinished at the end of the log.</summary>
    private static readonly TimeSpan FinishTakes = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly List<OwnRecord> _came = [];
    private volatile AwaitedText[] _awaited = [];
    private TaskCompletionSource _asked = NewSignal();
    private TaskCompletionSource _told = NewSignal();
    private (long Begun, bool IsWhole, bool HasUnfinished)? _lastRead;
    private long _gaps;

    /// <summary>Whether any record is awaited.</summary>
    public bool AreAwaited => _awaited.Length > 0;

    /// <summary>Completes when somebody waits for what a read would bring.</summary>
    public Task Asked
    {
        get
        {
            lock (_lock)
            {
                return _asked.Task;
            }
        }
    }

    /// <summary>Address and port as Samba writes them.</summary>
    public static string NameOf(IPEndPoint from)
    {
        ArgumentNullException.ThrowIfNull(from);
        var isIPv6 = from.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        return $"{(isIPv6 ? "ipv6" : "ipv4")}:{(isIPv6 ? new IPAddress(from.Address.GetAddressBytes()) : from.Address)}:{from.Port}";
    }

    /// <summary>Begins to wait for records of a connection, before it is made.</summary>
    public void Await(string connection)
    {
        lock (_lock)
        {
            _awaited = [.. _awaited, new AwaitedText(connection, Encoding.ASCII.GetBytes($"\"{connection}\""))];
        }
    }

    /// <summary>Waits no more; forgets what came.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _awaited = [];
            _came.Clear();
        }
    }

    /// <summary>Whether a record of this connection is awaited.</summary>
    public bool IsAwaited(string connection) => Array.Exists(_awaited, awaited => awaited.Connection == connection);

    /// <summary>Whether a line of the log names a connection whose record is awaited.</summary>
    public bool IsNamedIn(ReadOnlySpan<byte> line)
    {
        foreach (var awaited in _awaited)
        {
            if (line.IndexOf(awaited.Text) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Notes what a read brought, once it is stored.</summary>
    /// <param name="begun">When it began, by the monotonic clock.</param>
    /// <param name="batch">What it brought; null where the log is not there, so that nothing can have been written into it.</param>
    public void NoteRead(long begun, AuditBatch? batch)
    {
        lock (_lock)
        {
            if (batch is not null)
            {
                _came.AddRange(batch.OwnRecords.Where(record => IsAwaited(record.Connection)));
                _gaps += batch.Gaps.Count;
            }

            _lastRead = (begun, batch is null or { CaughtUp: true, LeavesUnread: false, Failure: null }, batch?.HasUnfinished == true);
            _told.TrySetResult();
            _told = NewSignal();
        }
    }

    /// <summary>Waits until records came, or until it is certain that none does.</summary>
    /// <param name="connections">Any of these.</param>
    /// <param name="answered">When the server had answered, by the monotonic clock.</param>
    /// <param name="wanted">What has to have come.</param>
    /// <param name="limit">How long to wait for reads.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="recordTakes">How long after the answer the record may be written; null where that is before the answer.</param>
    public async Task<Arrival> WaitAsync(
        IReadOnlyList<string> connections,
        long answered,
        Func<IReadOnlyList<OwnRecord>, bool> wanted,
        TimeSpan limit,
        CancellationToken cancellationToken,
        TimeSpan? recordTakes = null)
    {
        var begun = timeProvider.GetTimestamp();
        while (true)
        {
            Task told;
            lock (_lock)
            {
                var came = _came.Where(record => connections.Contains(record.Connection)).ToList();
                if (wanted(came))
                {
                    return new Arrival(ArrivalKind.Came, came);
                }

                if (_lastRead is { IsWhole: true } read
                    && timeProvider.GetElapsedTime(answered, read.Begun) >= (recordTakes ?? (read.HasUnfinished ? FinishTakes : NoticeTakes)))
                {
                    return new Arrival(ArrivalKind.NoneCame, came);
                }

                if (timeProvider.GetElapsedTime(begun) >= limit)
                {
                    return new Arrival(ArrivalKind.NotRead, came);
                }

                told = _told.Task;
                _asked.TrySetResult();
                _asked = NewSignal();
            }

            await timeProvider.WaitForAsync(told, NoticeTakes, cancellationToken);
        }
    }

    /// <summary>How many gaps the reader has met so far.</summary>
    public long Gaps
    {
        get
        {
            lock (_lock)
            {
                return _gaps;
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
    private readonly record struct AwaitedText(string Connection, byte[] Text);
}

/// <summary>Whether records of our own arrived.</summary>
internal enum ArrivalKind
{
    /// <summary>The log was not read to its end since: that says nothing.</summary>
    NotRead,

    /// <summary>The log was read to its end since, and they are not in it.</summary>
    NoneCame,

    /// <summary>They are there.</summary>
    Came,
}

/// <summary>What arrived of our own connections.</summary>
/// <param name="Kind">Whether what was wanted is there.</param>
/// <param name="Records">The records that are there.</param>
internal sealed record Arrival(ArrivalKind Kind, IReadOnlyList<OwnRecord> Records);
