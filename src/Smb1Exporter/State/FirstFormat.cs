using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>
/// Reads a state file of the first format. Covered time is not taken over: it was measured by a clock that could be wrong. Nor are
/// connections: they were of the last minutes.
/// </summary>
internal static class FirstFormat
{
    /// <summary>Removes its tables, those included that only some versions made.</summary>
    public const string Drop = """
        DROP TABLE client; DROP TABLE counter; DROP TABLE connection; DROP TABLE state;
        DROP TABLE IF EXISTS coverage_event; DROP TABLE IF EXISTS client_name; DROP TABLE IF EXISTS position;
        """;

    private const string PositionPrefix = "position/";
    private const string ReadErrorPrefix = "read_errors/";
    private static readonly string[] TakenOver = [StateNames.Begun, StateNames.NotBefore, StateNames.LatestRecord, StateNames.LastAttempt, ExporterRecord.HostNameKey];

    /// <summary>Proves that its tables are there with their columns.</summary>
    /// <exception cref="SqliteException">One is not.</exception>
    public static void Prepare(SqliteConnection connection)
    {
        // One by one: of several in one command only the first is looked at.
        StateSchema.Execute(connection, "SELECT address, total, shown, first_seen, last_seen FROM client WHERE 0");
        StateSchema.Execute(connection, "SELECT name, total, shown FROM counter WHERE 0");
        StateSchema.Execute(connection, "SELECT key, first_time, read_time FROM connection WHERE 0");
        StateSchema.Execute(connection, "SELECT name, value FROM state WHERE 0");
    }

    public static StoredState Read(SqliteConnection connection, SqliteTransaction transaction)
    {
        var state = new StoredState();
        var change = new StateChange(state);
        foreach (var row in Rows(connection, transaction, "SELECT address, total, first_seen, last_seen FROM client"))
        {
            change.SetClient(new ClientTotals(
                (string)row[0], new HeldCount((long)row[1]), StateTime.FromMicroseconds((long)row[2]), StateTime.FromMicroseconds((long)row[3])));
        }

        foreach (var row in Rows(connection, transaction, "SELECT name, total FROM counter"))
        {
            change.Counters[CounterOf((string)row[0])] = new HeldCount((long)row[1]);
        }

        foreach (var row in Rows(connection, transaction, "SELECT name, value FROM state"))
        {
            var (name, value) = ((string)row[0], (string)row[1]);
            if (TakenOver.Contains(name))
            {
                change.Values[name] = value;
            }
            else if (name.StartsWith(PositionPrefix, StringComparison.Ordinal) && StateNames.SourceOf(name[PositionPrefix.Length..]) is { } source)
            {
                change.Positions[source] = AuditPosition.Of(value);
            }
        }

        if (change.GetTime(StateNames.LastAttempt) is null && change.Clients.Count > 0)
        {
            change.SetTime(StateNames.LastAttempt, change.Clients.Values.Max(client => client!.LastSeen));
        }

        state.Apply(change);
        return state;
    }

    // It named read errors as the code of its time did.
    private static string CounterOf(string name) =>
        name.StartsWith(ReadErrorPrefix, StringComparison.Ordinal) && Enum.TryParse<ReadErrorReason>(name[ReadErrorPrefix.Length..], out var reason)
            ? CounterNames.Of(reason)
            : name;

    private static List<object[]> Rows(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }
}
