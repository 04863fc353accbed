using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>
/// One table of the state file, as far as it is about one server, with statements that are prepared once. Each row carries a checksum over its
/// values, because a database whose pages are sound may still hold a number in which the disk turned a bit. Values are text, 64-bit integers, bytes
/// or null.
/// </summary>
internal sealed class StateTable : IDisposable
{
    private readonly string _name;
    private readonly string _server;
    private readonly int _keys;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _read;

    /// <param name="connection">The state file.</param>
    /// <param name="name">The table.</param>
    /// <param name="server">The server whose rows are read and written.</param>
    /// <param name="keys">How many of the columns are its key beside the server: the first ones.</param>
    /// <param name="columns">Its columns but for the server, which comes first, and the checksum, which comes last.</param>
    public StateTable(SqliteConnection connection, string name, string server, int keys, params string[] columns)
    {
        (_name, _server, _keys) = (name, server, keys);
        columns = [StateSchema.Server, .. columns];
        var key = columns.Take(keys + 1).ToArray();
        var numbers = Enumerable.Range(1, columns.Length + 1).Select(number => $"${number}");
        var changes = columns.Skip(key.Length).Append(StateSchema.Checksum).Select(column => $"{column} = excluded.{column}");
        _put = Prepare(
            connection,
            $"INSERT INTO {name} VALUES ({string.Join(", ", numbers)}) ON CONFLICT DO UPDATE SET {string.Join(", ", changes)}",
            columns.Length + 1);
        _remove = Prepare(connection, $"DELETE FROM {name} WHERE {string.Join(" AND ", key.Select((column, i) => $"{column} = ${i + 1}"))}", key.Length);
        _read = Prepare(
            connection,
            $"SELECT {string.Join(", ", columns.Skip(1))}, {StateSchema.Checksum} FROM {name} WHERE {StateSchema.Server} = $1 ORDER BY {string.Join(", ", key)}",
            1);
    }

    /// <summary>Proves that the table is there with its columns.</summary>
    /// <exception cref="SqliteException">It is not.</exception>
    public void Prepare()
    {
        _read.Prepare();
        _put.Prepare();
    }

    /// <summary>Adds a row, or changes the one with this key.</summary>
    public void Put(SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        Run(_put, transaction, [_server, .. values, ChecksumOf(values)]);
    }

    /// <summary>Removes the row with this key, if there is one.</summary>
    public void Remove(SqliteTransaction transaction, params ReadOnlySpan<object?> key) => Run(_remove, transaction, [_server, .. key]);

    /// <summary>All rows in the order of their key.</summary>
    /// <exception cref="DamagedRowException">A row is not as it was written.</exception>
    public List<object?[]> Read(SqliteTransaction transaction)
    {
        _read.Transaction = transaction;
        _read.Parameters[0].Value = _server;
        using var reader = _read.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var values = new object?[reader.FieldCount - 1];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }

            if (reader.GetValue(values.Length) is not long checksum || checksum != ChecksumOf(values))
            {
                throw new DamagedRowException($"the table {_name} holds a row that is not as it was written ({string.Join(", ", values.Take(_keys))})");
            }

            rows.Add(values);
        }

        return rows;
    }

    public void Dispose()
    {
        _put.Dispose();
        _remove.Dispose();
        _read.Dispose();
    }

    private long ChecksumOf(ReadOnlySpan<object?> values)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes($"{_name}\0{_server}"));
        foreach (var value in values)
        {
            var (kind, bytes) = value switch
            {
                null => ((byte)0, []),
                string text => ((byte)1, Encoding.UTF8.GetBytes(text)),
                long number => ((byte)2, BitConverter.GetBytes(number)),
                byte[] content => ((byte)3, content),
                _ => ((byte)4, []),
            };
            hash.Append([kind]);
            hash.Append(BitConverter.GetBytes(bytes.Length));
            hash.Append(bytes);
        }

        return (long)hash.GetCurrentHashAsUInt64();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        }

        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, ReadOnlySpan<object?> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }
}
