using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Smb1Exporter.TicketReceiver.Storage.Postgres;

/// <summary>A database that other receivers may use at the same time.</summary>
internal sealed class PostgresEngine(NpgsqlDataSource source, string name) : IDatabaseEngine
{
    // So many transactions can take notifications in side by side. One payload may name thousands of servers, and a lock for each would be
    // more than PostgreSQL has room for.
    private const int Lanes = 64;

    // Of a receiver whose machine vanished PostgreSQL hears nothing; others shall not wait for it.
    private const string LongestSilence = "10s";

    public string Name => name;

    public TimeSpan LookAgainAfter => TimeSpan.FromSeconds(2);

    public IServerLocks Locks { get; } = new PostgresLocks(source);

    public void Occupy()
    {
    }

    public void Prepare()
    {
        try
        {
            PostgresSchema.Prepare(source, name);
        }
        catch (Exception e) when (e is not StartupException)
        {
            throw PostgresFault.AtStart(name, e);
        }
    }

    public void Use(DbContextOptionsBuilder builder) => builder.UseNpgsql(source);

    public Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken) => Task.FromResult<IDisposable>(Nothing.Instance);

    public Task HoldBackOthersAsync(ReceiverDatabase database, IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        // All in the same order, so that two transactions never wait for each other.
        int[] lanes = [.. keys.Select(LaneOf).Distinct().Order()];
        return database.Database.ExecuteSqlAsync(
            $"""
            SELECT set_config('idle_in_transaction_session_timeout', {LongestSilence}, true),
                pg_advisory_xact_lock('"Notifications"'::regclass::oid::int, lane) FROM unnest({lanes}) AS lane
            """,
            cancellationToken);
    }

    public bool IsConflict(Exception fault) => fault.GetBaseException() is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    public string Explain(Exception fault) => PostgresFault.Explain(fault);

    public void Dispose() => source.Dispose();

    private static int LaneOf(string key) => int.Parse(key.AsSpan(0, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) % Lanes;

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}
