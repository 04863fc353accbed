using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>Writes changes into the state file, each in one transaction, and reads it once. Not safe for use by several threads.</summary>
internal sealed class StateJournal : IDisposable
{
    private readonly StateTable _clients;
    private readonly StateTable _counters;
    private readonly StateTable _days;
    private readonly StateTable _connections;
    private readonly StateTable _positions;
    private readonly StateTable _coverage;
    private readonly StateTable _values;

    private StateTable[] Tables => [_clients, _counters, _days, _connections, _positions, _coverage, _values];

    /// <param name="connection">The state file.</param>
    /// <param name="server">The server that is read and written; by default that of the exporter itself.</param>
    public StateJournal(SqliteConnection connection, string server = StateSchema.ThisServer)
    {
        _clients = new(connection, "client", server, 1, "address", "total", "first_seen", "last_seen", "dns", "workstation", "looked_up", "name", "named_at");
        _counters = new(connection, "counter", server, 1, "name", "total");
        _days = new(connection, "day", server, 2, "day", "address", "attempts");
        _connections = new(connection, "connection", server, 1, "id", "entries");
        _positions = new(connection, "position", server, 2, "source", "key", "value");
        _coverage = new(connection, "coverage", server, 1, "id", "begin_time", "end_time", "text", "is_note");
        _values = new(connection, "state", server, 1, "name", "value");
    }

    /// <summary>Writes what a change changes.</summary>
    /// <param name="transaction">Committed by the caller.</param>
    /// <param name="change">The change.</param>
    /// <param name="stored">What is stored so far: of positions only rows that differ are written.</param>
    public void Write(SqliteTransaction transaction, StateChange change, StoredState stored)
    {
        WriteClients(transaction, change.Clients);
        foreach (var (name, count) in change.Counters)
        {
            _counters.Put(transaction, name, count.Total);
        }

        WriteValues(transaction, change.Values);
        foreach (var (source, position) in change.Positions)
        {
            WritePosition(transaction, StateNames.Of(source), stored.Positions.GetValueOrDefault(source), position);
        }

        foreach (var (day, clients) in change.Days.Where(changed => !change.ForgottenDays.Contains(changed.Key)))
        {
            WriteDay(transaction, day, clients);
        }

        foreach (var day in change.ForgottenDays)
        {
            WriteDay(transaction, day, stored.Days[day].Select(known => KeyValuePair.Create(known.Key, 0L)));
        }

        WriteCoverage(transaction, change, stored);
        WriteConnections(transaction, change.Connections);
    }

    /// <summary>Writes everything, into tables that are empty.</summary>
    public void Write(SqliteTransaction transaction, StoredState state)
    {
        WriteClients(transaction, state.Clients!);
        foreach (var (name, count) in state.Counters)
        {
            _counters.Put(transaction, name, count.Total);
        }

        WriteValues(transaction, state.Values!);
        foreach (var (source, position) in state.Positions)
        {
            WritePosition(transaction, StateNames.Of(source), null, position);
        }

        foreach (var (day, clients) in state.Days)
        {
            WriteDay(transaction, day, clients);
        }

        foreach (var entry in state.Coverage)
        {
            Put(transaction, entry);
        }

        if (state.Connections.Count > 0)
        {
            _connections.Put(transaction, state.Connections.LatestGroup, ConnectionCodec.Write(state.Connections.All()));
        }
    }

    /// <summary>Reads everything.</summary>
    /// <param name="transaction">Reads only.</param>
    /// <param name="timestamp">Now, by the monotonic clock: connections are remembered from now on.</param>
    /// <exception cref="DamagedRowException">A row is not as it was written.</exception>
    public StoredState Read(SqliteTransaction transaction, long timestamp)
    {
        var state = new StoredState();
        var change = new StateChange(state);
        foreach (var row in _clients.Read(transaction))
        {
            change.SetClient(new ClientTotals(
                (string)row[0]!, new HeldCount((long)row[1]!), StateTime.FromMicroseconds((long)row[2]!), StateTime.FromMicroseconds((long)row[3]!))
            {
                DnsName = (string?)row[4],
                Workstation = (string?)row[5],
                LookedUp = row[6] is long lookedUp ? StateTime.FromMicroseconds(lookedUp) : null,
                Name = (string?)row[7],
                NamedAt = row[8] is long namedAt ? StateTime.FromMicroseconds(namedAt) : null,
            });
        }

        foreach (var row in _counters.Read(transaction))
        {
            change.Counters[(string)row[0]!] = new HeldCount((long)row[1]!);
        }

        foreach (var row in _values.Read(transaction))
        {
            change.Values[(string)row[0]!] = (string)row[1]!;
        }

        foreach (var entry in _coverage.Read(transaction))
        {
            change.Coverage[(long)entry[0]!] = new CoverageEntry(
                (long)entry[0]!,
                StateTime.FromMicroseconds((long)entry[1]!),
                entry[2] is long end ? StateTime.FromMicroseconds(end) : null,
                (string)entry[3]!,
                (long)entry[4]! != 0);
        }

        foreach (var rows in _positions.Read(transaction).GroupBy(row => (string)row[0]!))
        {
            if (StateNames.SourceOf(rows.Key) is { } source)
            {
                change.Positions[source] = new AuditPosition(
                    rows.ToImmutableDictionary(row => (string)row[1]!, row => (string)row[2]!, StringComparer.Ordinal));
            }
        }

        foreach (var rows in _days.Read(transaction).GroupBy(row => (long)row[0]!))
        {
            change.Days[DateOnly.FromDayNumber((int)rows.Key)] =
                rows.ToDictionary(row => (string)row[1]!, row => (long)row[2]!, StringComparer.Ordinal);
        }

        state.Apply(change);
        foreach (var row in _connections.Read(transaction))
        {
            state.Connections.Add((long)row[0]!, ConnectionCodec.Read((byte[])row[1]!), timestamp);
        }

        return state;
    }

    /// <summary>Proves that all tables are there with their columns.</summary>
    /// <exception cref="SqliteException">One is not.</exception>
    public void Prepare() => Array.ForEach(Tables, table => table.Prepare());

    public void Dispose() => Array.ForEach(Tables, table => table.Dispose());

    private void WriteClients(SqliteTransaction transaction, IEnumerable<KeyValuePair<string, ClientTotals?>> clients)
    {
        foreach (var (address, client) in clients)
        {
            if (client is null)
            {
                _clients.Remove(transaction, address);
            }
            else
            {
                _clients.Put(
                    transaction,
                    address,
                    client.Attempts.Total,
                    StateTime.ToMicroseconds(client.FirstSeen),
                    StateTime.ToMicroseconds(client.LastSeen),
                    client.DnsName,
                    client.Workstation,
                    client.LookedUp is { } lookedUp ? StateTime.ToMicroseconds(lookedUp) : null,
                    client.Name,
                    client.NamedAt is { } namedAt ? StateTime.ToMicroseconds(namedAt) : null);
            }
        }
    }

    private void WriteValues(SqliteTransaction transaction, IEnumerable<KeyValuePair<string, string?>> values)
    {
        foreach (var (name, value) in values)
        {
            if (value is null)
            {
                _values.Remove(transaction, name);
            }
            else
            {
                _values.Put(transaction, name, value);
            }
        }
    }

    private void WritePosition(SqliteTransaction transaction, string source, AuditPosition? before, AuditPosition position)
    {
        foreach (var key in before?.Rows.Keys.Where(key => !position.Rows.ContainsKey(key)) ?? [])
        {
            _positions.Remove(transaction, source, key);
        }

        foreach (var (key, value) in position.Rows)
        {
            if (!ReferenceEquals(before?.Rows.GetValueOrDefault(key), value))
            {
                _positions.Put(transaction, source, key, value);
            }
        }
    }

    private void WriteDay(SqliteTransaction transaction, DateOnly day, IEnumerable<KeyValuePair<string, long>> changed)
    {
        foreach (var (address, attempts) in changed)
        {
            if (attempts == 0)
            {
                _days.Remove(transaction, (long)day.DayNumber, address);
            }
            else
            {
                _days.Put(transaction, (long)day.DayNumber, address, attempts);
            }
        }
    }

    private void WriteCoverage(SqliteTransaction transaction, StateChange change, StoredState stored)
    {
        foreach (var entry in change.Coverage.Values)
        {
            Put(transaction, entry);
        }

        var added = change.Coverage.Keys.Count(id => stored.Coverage.Count == 0 || id > stored.Coverage[^1].Id);
        foreach (var entry in stored.Coverage.Take(stored.Coverage.Count + added - CoverageEntry.Kept))
        {
            _coverage.Remove(transaction, entry.Id);
        }
    }

    private void WriteConnections(SqliteTransaction transaction, ConnectionChange change)
    {
        foreach (var group in change.Forgotten)
        {
            _connections.Remove(transaction, group);
        }

        if (change.Changed.Count > 0)
        {
            _connections.Put(transaction, change.Group, ConnectionCodec.Write(change.Changed));
        }
    }

    private void Put(SqliteTransaction transaction, CoverageEntry entry) => _coverage.Put(
        transaction,
        entry.Id,
        StateTime.ToMicroseconds(entry.Begin),
        entry.End is { } end ? StateTime.ToMicroseconds(end) : null,
        entry.Text,
        entry.IsNote ? 1L : 0L);
}
