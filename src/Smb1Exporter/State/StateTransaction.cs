using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>One transaction on the state file: all of it is stored, or nothing.</summary>
/// <param name="connection">The state file.</param>
/// <param name="reads">Whether nothing will be changed: then it waits for no other transaction, and none waits for it.</param>
internal sealed class StateTransaction(SqliteConnection connection, bool reads = false) : IDisposable
{
    /// <summary>So many events of the coverage are kept, the latest.</summary>
    private const int KeptCoverageEvents = 100;

    private const string ReadErrorPrefix = "read_errors/";
    private readonly SqliteTransaction _transaction = connection.BeginTransaction(deferred: reads);

    public void Commit() => _transaction.Commit();

    public void Dispose() => _transaction.Dispose();

    public string? Get(string name) => Query("SELECT value FROM state WHERE name = $1", name) as string;

    /// <summary>A time; null when there is none, or what is there is none.</summary>
    public DateTimeOffset? GetTime(string name) =>
        long.TryParse(Get(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var microseconds)
        && microseconds is > -62135596800000000 and < 253402300800000000
            ? FromMicroseconds(microseconds)
            : null;

    public void Set(string name, string? value)
    {
        if (value is null)
        {
            Run("DELETE FROM state WHERE name = $1", name);
        }
        else
        {
            Run("INSERT INTO state VALUES ($1, $2) ON CONFLICT DO UPDATE SET value = excluded.value", name, value);
        }
    }

    public void SetTime(string name, DateTimeOffset? time) =>
        Set(name, time is { } at ? ToMicroseconds(at).ToString(CultureInfo.InvariantCulture) : null);

    /// <summary>Notes an attempt that counts for the verdict.</summary>
    public void NoteAttempt(DateTimeOffset time)
    {
        if (GetTime(StateNames.LastAttempt) is not { } last || last < time)
        {
            SetTime(StateNames.LastAttempt, time);
        }
    }

    /// <summary>Notes why coverage began anew or ended.</summary>
    public void AddCoverageEvent(DateTimeOffset time, string text)
    {
        Run("INSERT INTO coverage_event (time, text) VALUES ($1, $2)", ToMicroseconds(time), text);
        Run($"DELETE FROM coverage_event WHERE id <= (SELECT max(id) FROM coverage_event) - {KeptCoverageEvents}");
    }

    public void Add(string counter, long count) => Run(
        "INSERT INTO counter VALUES ($1, $2, 0) ON CONFLICT DO UPDATE SET total = total + excluded.total", counter, count);

    public void AddReadError(ReadErrorReason reason) => Add(ReadErrorPrefix + reason, 1);

    public void AddClient(string address, DateTimeOffset time, long count) => Run(
        """
        INSERT INTO client VALUES ($1, $2, 0, $3, $3) ON CONFLICT DO UPDATE SET
            total = total + excluded.total,
            first_seen = min(first_seen, excluded.first_seen),
            last_seen = max(last_seen, excluded.last_seen)
        """,
        address,
        count,
        ToMicroseconds(time));

    /// <summary>When a client was last seen, of all that are known.</summary>
    public DateTimeOffset? LatestLastSeen() => Query("SELECT max(last_seen) FROM client") is long time ? FromMicroseconds(time) : null;

    /// <summary>Keeps what DNS said of a client that is known.</summary>
    public void SetDnsName(NameAnswer answer) => Run(
        """
        INSERT INTO client_name (address, dns, looked_up) SELECT address, nullif($2, ''), $3 FROM client WHERE address = $1
        ON CONFLICT DO UPDATE SET dns = excluded.dns, looked_up = excluded.looked_up
        """,
        answer.Address,
        answer.Name ?? "",
        ToMicroseconds(answer.Time));

    /// <summary>Keeps what a client that is known calls itself.</summary>
    public void SetWorkstation(string address, string name) => Run(
        """
        INSERT INTO client_name (address, workstation) SELECT address, $2 FROM client WHERE address = $1
        ON CONFLICT DO UPDATE SET workstation = excluded.workstation
        """,
        address,
        name);

    public void ForgetNames() => Run("DELETE FROM client_name");

    public bool HasClient(string address) => Query("SELECT 1 FROM client WHERE address = $1", address) is not null;

    public long CountClients(string except, string exceptToo) =>
        (long)Query("SELECT count(*) FROM client WHERE address NOT IN ($1, $2)", except, exceptToo)!;

    /// <summary>What is remembered of a connection; null where nothing is.</summary>
    public KnownConnection? FindConnection(string key)
    {
        using var command = Command("SELECT first_time, session_time, session FROM connection WHERE key = $1", [key]);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new KnownConnection(
                FromMicroseconds(reader.GetInt64(0)),
                reader.IsDBNull(1) ? null : FromMicroseconds(reader.GetInt64(1)),
                reader.IsDBNull(2) ? null : reader.GetString(2))
            : null;
    }

    public void RememberConnection(string key, KnownConnection connection, DateTimeOffset now) => Run(
        """
        INSERT INTO connection (key, first_time, read_time, session_time, session) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO UPDATE SET
            first_time = excluded.first_time, read_time = excluded.read_time, session_time = excluded.session_time, session = excluded.session
        """,
        key,
        ToMicroseconds(connection.First),
        ToMicroseconds(now),
        connection.SetUp is { } setUp ? ToMicroseconds(setUp) : DBNull.Value,
        connection.Session is { } session ? session : DBNull.Value);

    public void ForgetConnectionsReadBefore(DateTimeOffset time) =>
        Run("DELETE FROM connection WHERE read_time < $1", ToMicroseconds(time));

    public void ShowTotal(string table, string key) =>
        Run($"UPDATE {table} SET shown = total WHERE {(table == "client" ? "address" : "name")} = $1", key);

    public void ForgetClient(string address)
    {
        Run("DELETE FROM client WHERE address = $1", address);
        Run("DELETE FROM client_name WHERE address = $1", address);
    }

    /// <summary>Where reading goes on; null before the first read.</summary>
    public AuditPosition? ReadPosition(AuditSourceKind source)
    {
        using var command = Command("SELECT key, value FROM position WHERE source = $1", [source.ToString()]);
        using var reader = command.ExecuteReader();
        var rows = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            rows.Add(reader.GetString(0), reader.GetString(1));
        }

        return rows.Count == 0 ? null : new AuditPosition(rows.ToImmutable());
    }

    /// <summary>Stores where reading goes on: the rows that differ from those before.</summary>
    public void SetPosition(AuditSourceKind source, AuditPosition? before, AuditPosition position)
    {
        foreach (var key in before?.Rows.Keys.Where(key => !position.Rows.ContainsKey(key)) ?? [])
        {
            Run("DELETE FROM position WHERE source = $1 AND key = $2", source.ToString(), key);
        }

        foreach (var (key, value) in position.Rows)
        {
            if (!ReferenceEquals(before?.Rows.GetValueOrDefault(key), value))
            {
                Run("INSERT INTO position VALUES ($1, $2, $3) ON CONFLICT DO UPDATE SET value = excluded.value", source.ToString(), key, value);
            }
        }
    }

    public AttemptTotals ReadTotals()
    {
        var counters = ReadCounters();
        return new AttemptTotals(
            ReadClients(),
            counters.GetValueOrDefault(CounterNames.Excluded),
            counters.GetValueOrDefault(CounterNames.Rejected),
            counters.GetValueOrDefault(CounterNames.Gaps),
            Enum.GetValues<ReadErrorReason>().ToImmutableSortedDictionary(
                reason => reason, reason => counters.GetValueOrDefault(ReadErrorPrefix + reason)),
            GetTime(StateNames.CoveredSince),
            GetTime(StateNames.LastAttempt),
            ReadCoverageEvents());
    }

    public static string CounterOf(ReadErrorReason reason) => ReadErrorPrefix + reason;

    private ImmutableArray<ClientTotals> ReadClients()
    {
        using var command = Command(
            HasTable("client_name")
                ? """
                    SELECT client.address, total, shown, first_seen, last_seen, dns, workstation, looked_up
                    FROM client LEFT JOIN client_name ON client_name.address = client.address ORDER BY client.address
                    """
                : "SELECT address, total, shown, first_seen, last_seen, NULL, NULL, NULL FROM client ORDER BY address",
            []);
        using var reader = command.ExecuteReader();
        var clients = ImmutableArray.CreateBuilder<ClientTotals>();
        while (reader.Read())
        {
            clients.Add(new ClientTotals(
                reader.GetString(0),
                new HeldCount(reader.GetInt64(1), reader.GetInt64(2)),
                FromMicroseconds(reader.GetInt64(3)),
                FromMicroseconds(reader.GetInt64(4)))
            {
                DnsName = reader.IsDBNull(5) ? null : reader.GetString(5),
                Workstation = reader.IsDBNull(6) ? null : reader.GetString(6),
                LookedUp = reader.IsDBNull(7) ? null : FromMicroseconds(reader.GetInt64(7)),
            });
        }

        return clients.ToImmutable();
    }

    private ImmutableArray<CoverageEvent> ReadCoverageEvents()
    {
        if (!HasTable("coverage_event"))
        {
            return [];
        }

        using var command = Command("SELECT time, text FROM coverage_event ORDER BY id DESC", []);
        using var reader = command.ExecuteReader();
        var events = ImmutableArray.CreateBuilder<CoverageEvent>();
        while (reader.Read())
        {
            events.Add(new CoverageEvent(FromMicroseconds(reader.GetInt64(0)), reader.GetString(1)));
        }

        return events.ToImmutable();
    }

    private Dictionary<string, HeldCount> ReadCounters()
    {
        using var command = Command("SELECT name, total, shown FROM counter", []);
        using var reader = command.ExecuteReader();
        var counters = new Dictionary<string, HeldCount>(StringComparer.Ordinal);
        while (reader.Read())
        {
            counters[reader.GetString(0)] = new HeldCount(reader.GetInt64(1), reader.GetInt64(2));
        }

        return counters;
    }

    /// <summary>Where it is only read, a file of an earlier version lacks those that came later.</summary>
    private bool HasTable(string name) => Query("SELECT 1 FROM sqlite_schema WHERE name = $1", name) is not null;

    private object? Query(string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteScalar();
    }

    private void Run(string sql, params ReadOnlySpan<object> values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i + 1}", values[i]);
        }

        return command;
    }

    private static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static DateTimeOffset FromMicroseconds(long value) => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);
}
