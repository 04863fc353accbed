using Smb1Exporter.Auditing;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>Adds the records of a batch to the totals, within one transaction.</summary>
internal sealed class AttemptCounter(
    StateTransaction transaction, ClientExclusions exclusions, CountingOptions options, DateTimeOffset now)
{
    /// <summary>
    /// Samba writes several records for one connection; those within this time of the first are one attempt. Later ones are taken for a
    /// new connection, because client ports are used again.
    /// </summary>
    public static readonly TimeSpan ConnectionMemory = TimeSpan.FromMinutes(10);

    private readonly List<AuditReadError> _errors = [];
    private readonly List<string> _newClients = [];

    /// <summary>Records whose client could not be used.</summary>
    public IReadOnlyList<AuditReadError> Errors => _errors;

    /// <summary>Clients seen for the first time.</summary>
    public IReadOnlyList<string> NewClients => _newClients;

    /// <summary>Attempts that had no place under the cap.</summary>
    public long OverCap { get; private set; }

    public void Count(AuditRecord record)
    {
        if (record.Kind == AuditRecordKind.Rejection)
        {
            transaction.Add(CounterNames.Rejected, record.Count);
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
                transaction.SetWorkstation(client, name);
            }
        }
    }

    private bool IsNewConnection(AuditRecord record)
    {
        if (record.Connection is null)
        {
            return true;
        }

        var known = transaction.FindConnection(record.Connection);
        var isNew = known is null || (record.Time - known.First).Duration() > ConnectionMemory || BeginsAnother(record, known);
        var first = isNew ? record.Time : known!.First;
        var next = record.SessionId is { } session ? new KnownConnection(first, record.Time, session)
            : new KnownConnection(first, isNew ? null : known!.SetUp, isNew ? null : known!.Session);
        if (next != known)
        {
            transaction.RememberConnection(record.Connection, next, now);
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
            transaction.Add(CounterNames.Excluded, record.Count);
            return;
        }

        if (client != ClientTotals.Unknown && !transaction.HasClient(client))
        {
            if (transaction.CountClients(ClientTotals.Other, ClientTotals.Unknown) >= options.MaxClients)
            {
                client = ClientTotals.Other;
                OverCap += record.Count;
            }
            else
            {
                _newClients.Add(client);
            }
        }

        // A clock far ahead must not keep a client from ever being forgotten.
        var time = record.Time > now + TimeSpan.FromDays(1) ? now : record.Time;
        transaction.AddClient(client, time, record.Count);
        transaction.NoteAttempt(time);
    }
}
