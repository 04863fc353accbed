using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Reads, and writes in transactions. SQLite has one writer at a time: writers queue here, where waiting holds no thread.</summary>
internal sealed class DatabaseAccess(IDbContextFactory<ReceiverDatabase> databases, ReceiverOptions options) : IDisposable
{
    // A sender gets its 503 before it gives up by itself.
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _writer = new(1);

    /// <summary>Reads what is committed.</summary>
    public async Task<T> ReadAsync<T>(Func<ReceiverDatabase, Task<T>> read, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await read(database);
    }

    /// <summary>One transaction, on disk when this returns. An exception undoes all of it.</summary>
    public async Task<T> WriteAsync<T>(Func<ReceiverDatabase, Task<T>> write, CancellationToken cancellationToken)
    {
        if (!await _writer.WaitAsync(LongestQueue, cancellationToken))
        {
            throw new TimeoutException($"More is being written than the disk takes; waited {LongestQueue.TotalSeconds} s for a turn.");
        }

        try
        {
            // SQLite goes on writing into a file that has no name any more, and all of it would be gone with the process.
            if (!File.Exists(options.Database))
            {
                throw new FileNotFoundException("The file was removed while the receiver ran. Put it back from a backup, or start the receiver anew.");
            }

            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
            var result = await write(database);
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();
}
