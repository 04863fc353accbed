using System.Globalization;
using Npgsql;

namespace Smb1Exporter.TicketReceiver.Storage.Postgres;

/// <summary>
/// Holds a lock of PostgreSQL's in a transaction of its own. When the receiver dies its connection breaks, and another receiver can take the
/// server at once. The row of the server itself cannot be what is held: the delivery writes to it, from another transaction.
/// </summary>
internal sealed class PostgresLocks(NpgsqlDataSource source) : IServerLocks
{
    // Nothing is said on this connection while the ticketing system is asked, which is no reason to end it; and a receiver whose machine
    // vanished is noticed within a minute. Where the connection is no TCP connection, PostgreSQL ignores the latter.
    private const string Take = """
        SELECT set_config('idle_in_transaction_session_timeout', '0', true),
            set_config('tcp_keepalives_idle', '30', true),
            set_config('tcp_keepalives_interval', '10', true),
            set_config('tcp_keepalives_count', '3', true),
            pg_try_advisory_xact_lock('"Servers"'::regclass::oid::int, $1)
        """;

    public async Task<IAsyncDisposable?> TryTakeAsync(string key, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var held = new Held(connection, await connection.BeginTransactionAsync(cancellationToken));
            await using var command = new NpgsqlCommand(Take, connection) { Parameters = { new() { Value = NumberOf(key) } } };
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                await reader.ReadAsync(cancellationToken);
                if (reader.GetBoolean(4))
                {
                    return held;
                }
            }

            await held.DisposeAsync();
            return null;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Two servers of the same number only keep each other waiting.
    private static int NumberOf(string key) => int.Parse(key.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed class Held(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await transaction.DisposeAsync();
            }
            catch (NpgsqlException)
            {
                // A broken connection holds nothing any more.
            }

            await connection.DisposeAsync();
        }
    }
}
