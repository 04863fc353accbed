using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>Adds records to the totals of a change.</summary>
/// <param name="change">What is about to be written.</param>
/// <param name="exclusions">Clients that are counted apart.</param>
/// <param name="options">Limits.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="begun">When this process began to count, by the monotonic clock: only a counter that rises soon after may have had no sample of 0.</param>
internal sealed class AttemptCounter(StateChange change, ClientExclusions exclusions, CountingOptions options, TimeProvider timeProvider, long begun)
{
    /// <summary>
    /// Samba writes several records for one connection; those within this time of the first are one attempt. Later ones are taken for a
    /// new connection, because client ports are used again.
    /// </summary>
    public static readonly TimeSpan ConnectionMemory = TimeSpan.FromMinutes(10);

    private readonly DateTimeOffset _now = timeProvider.GetUtcNow();
    private readonly long _timestamp = timeProvider.GetTimestamp();
    private readonly long _holdUntil = timeProvider.GetTimestamp() + (long)(options.BirthHold.TotalSeconds * timeProvider.TimestampFrequency);
    private readonly long _othersHeldUntil = begun + (long)(options.BirthHold.TotalSeconds * timeProvider.TimestampFrequency);
    private readonly List<AuditReadError> _errors = [];
    private readonly List<string> _newClients = [];

    /// <summary>Records whose client could not be used.</summary>
    public IReadOnlyList<AuditReadError> Errors => _errors;

    /// <summary>Clients seen for the first time.</summary>
    public IReadOnlyList<string> NewClients => _newClients;

    /// <summary>Attempts that had no place under the cap.</summary>
    public long OverCap { get; private set; }

    /// <summary>When the latest attempt was that counts for the verdict: by any client that is not excluded; null where there was none.</summary>
    public DateTimeOffset? LastAttempt { get; private set; }

    public void Count(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (IsOwn(record))
        {
            return;
        }

        if (record.Kind == AuditRecordKind.Rejection)
        {
            Add(CounterNames.Rejected, record.Count);
        }
        else if (!ClientAddress.TryCanonicalize(record.Client, out var client, out var problem))
        {
            var isNew = IsNewConnection(record);
            var why = record.ClientProblem ?? $"the client cannot be used: {problem}";
            _errors.Add(new AuditReadError(ReadErrorReason.InvalidClient, record.Place, isNew ? $"{why}; it is counted as client \"{ClientTotals.Unknown}\"" : why));
            if (isNew)
            {
                CountAttempt(record, ClientTotals.Unknown);
            }
        }
        else
        {
            if (IsNewConnection(record))
            {
                CountAttempt(record, client);
            }

            // Of several records of one connection, any may name it.
            if (options.ResolveNames && ClientName.Canonicalize(record.ClientName) is { } name && name != client)
            {
                Name(client, name);
            }
        }
    }

    /// <summary>Counts something else than records of clients.</summary>
    public void Add(string counter, long count) => change.Add(counter, count, _othersHeldUntil);

    /// <summary>Whether a record is of a connection that we made ourselves, and not of a later one from the same port or address.</summary>
    private bool IsOwn(AuditRecord record) => (record.OwnName ?? record.Connection) is { } connection
        && change.Connections.Find(connection) is { IsOwn: true } own
        && (record.Time - own.First).Duration() <= ConnectionMemory;

    private bool IsNewConnection(AuditRecord record)
    {
        if (record.Connection is null)
        {
            return true;
        }

        var known = change.Connections.Find(record.Connection);
        var isNew = known is null || (record.Time - known.First).Duration() > ConnectionMemory || BeginsAnother(record, known);
        var first = isNew ? record.Time : known!.First;
        var next = record.SessionId is { } session ? new KnownConnection(first, record.Time, session)
            : new KnownConnection(first, isNew ? null : known!.SetUp, isNew ? null : known!.Session);
        if (next != known)
        {
            change.Connections.Changed[record.Connection] = next;
            change.Connections.ReadAt = _timestamp;
        }

        return isNew;
    }

    /// <summary>
    /// Whether a record shows that a client connected again from the same port: after a session was set up, another set-up began, or ended with
    /// another session. Without a session, several refused set-ups of one connection look like several connections, and count as one.
    /// </summary>
    private static bool BeginsAnother(AuditRecord record, KnownConnection known) =>
        known.SetUp < record.Time && record.SessionId != known.Session;

    private void CountAttempt(AuditRecord record, string client)
    {
        if (exclusions.Contains(client))
        {
            Add(CounterNames.Excluded, record.Count);
            return;
        }

        var known = change.FindClient(client);
        if (known is null && client != ClientTotals.Unknown)
        {
            if (change.TrackedClients >= options.MaxClients)
            {
                client = ClientTotals.Other;
                known = change.FindClient(client);
                OverCap += record.Count;
            }
            else
            {
                _newClients.Add(client);
            }
        }

        // A clock far ahead must not keep a client from ever being forgotten.
        var time = record.Time > _now + TimeSpan.FromDays(1) ? _now : record.Time;
        known ??= new ClientTotals(client, default, time, time);
        change.SetClient(known with
        {
            Attempts = known.Attempts.Plus(record.Count, _holdUntil),
            FirstSeen = time < known.FirstSeen ? time : known.FirstSeen,
            LastSeen = time > known.LastSeen ? time : known.LastSeen,
        });
        change.AddToDay(DateOnly.FromDateTime(time.UtcDateTime), client, record.Count);
        LastAttempt = LastAttempt > time ? LastAttempt : time;
    }

    private void Name(string address, string name)
    {
        if (change.FindClient(address) is { } client && ShownName.WithWorkstation(client, name, timeProvider) is var named && !ReferenceEquals(named, client))
        {
            change.SetClient(named);
        }
    }
}
