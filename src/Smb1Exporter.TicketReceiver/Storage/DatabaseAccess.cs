using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>Reads, and writes in transactions.</summary>
internal sealed class DatabaseAccess(IDbContextFactory<ReceiverDatabase> databases, IDatabaseEngine engine)
{
    private const int Attempts = 5;

    /// <summary>What people are shown of the database.</summary>
    public string Name => engine.Name;

    /// <summary>Reads what is committed.</summary>
    public async Task<T> ReadAsync<T>(Func<ReceiverDatabase, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await read(database);
    }

    /// <summary>One transaction, on disk when this returns. An exception undoes all of it.</summary>
    /// <param name="write">May run more than once; only its last run counts.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<T> WriteAsync<T>(Func<ReceiverDatabase, Task<T>> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await WriteOnceAsync(write, cancellationToken);
            }
            catch (Exception e) when (engine.IsConflict(e) && attempt < Attempts)
            {
            }
        }
    }

    /// <summary>One statement that changes rows, on disk when this returns: as <see cref="WriteAsync"/>, in fewer steps.</summary>
    /// <returns>How many rows it changed.</returns>
    public async Task<int> ChangeAsync(Func<ReceiverDatabase, Task<int>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var turn = await engine.TakeTurnAsync(cancellationToken);
                return await ReadAsync(change, cancellationToken);
            }
            catch (Exception e) when (engine.IsConflict(e) && attempt < Attempts)
            {
            }
        }
    }

    /// <summary>As <see cref="WriteAsync"/>, while nobody else takes in notifications of these servers.</summary>
    public Task<T> TakeInAsync<T>(IReadOnlyList<string> keys, Func<ReceiverDatabase, Task<T>> write, CancellationToken cancellationToken) => WriteAsync(
        async database =>
        {
            await engine.HoldBackOthersAsync(database, keys, cancellationToken);
            return await write(database);
        },
        cancellationToken);

    /// <inheritdoc cref="IDatabaseEngine.Explain"/>
    public string Explain(Exception fault) => engine.Explain(fault);

    private async Task<T> WriteOnceAsync<T>(Func<ReceiverDatabase, Task<T>> write, CancellationToken cancellationToken)
    {
        using var turn = await engine.TakeTurnAsync(cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var result = await write(database);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }
}
