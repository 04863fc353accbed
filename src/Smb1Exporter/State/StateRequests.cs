using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Smb1Exporter.State;

/// <summary>Something that a command asks the running exporter to do.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Argument">Of what.</param>
internal sealed record StateRequest(long Id, string Kind, string Argument);

/// <summary>
/// What commands ask of the exporter that holds the state file: rows of a table in it. Whoever may write the file may ask, and nobody else.
/// </summary>
internal static class StateRequests
{
    /// <summary>To forget a client.</summary>
    public const string Forget = "forget";

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="path">The state file.</param>
    /// <param name="kind">What is asked for.</param>
    /// <param name="argument">Of what.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer; null where none came in time.</returns>
    /// <exception cref="SqliteException">The file cannot be written.</exception>
    public static async Task<string?> AskAsync(
        string path, string kind, string argument, TimeSpan limit, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using var connection = StateFile.Connect(path, SqliteOpenMode.ReadWrite);
        var id = Scalar(connection, "INSERT INTO request (kind, argument) VALUES ($1, $2) RETURNING id", kind, argument)!;
        var begin = timeProvider.GetTimestamp();
        try
        {
            while (timeProvider.GetElapsedTime(begin) < limit)
            {
                if (Scalar(connection, "SELECT answer FROM request WHERE id = $1", id) is string answer)
                {
                    return answer;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), timeProvider, cancellationToken);
            }

            return null;
        }
        finally
        {
            // What is asked for may be personal data, and is not to stay in the file or in its write-ahead log.
            StateSchema.Execute(connection, "PRAGMA secure_delete = ON");
            Scalar(connection, "DELETE FROM request WHERE id = $1", id);
            StateSchema.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// <summary>Proves that the table is there with its columns.</summary>
    /// <exception cref="SqliteException">It is not.</exception>
    public static void Prepare(SqliteConnection connection) => StateSchema.Execute(connection, "SELECT id, kind, argument, answer FROM request WHERE 0");

    /// <summary>Removes what was answered and not taken back: whoever asked was ended while he waited.</summary>
    public static void RemoveAnswered(SqliteConnection connection) => StateSchema.Execute(connection, "DELETE FROM request WHERE answer IS NOT NULL");

    /// <summary>What is asked for and not answered yet.</summary>
    public static List<StateRequest> Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, kind, argument FROM request WHERE answer IS NULL ORDER BY id";
        using var reader = command.ExecuteReader();
        var requests = new List<StateRequest>();
        while (reader.Read())
        {
            requests.Add(new StateRequest(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        }

        return requests;
    }

    public static void Answer(SqliteConnection connection, StateRequest request, string answer) =>
        Scalar(connection, "UPDATE request SET answer = $2 WHERE id = $1", request.Id, answer);

    private static object? Scalar(SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue("$" + (i + 1).ToString(CultureInfo.InvariantCulture), values[i]);
        }

        return command.ExecuteScalar();
    }
}
