using Microsoft.EntityFrameworkCore;

namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>What is particular to a kind of database.</summary>
internal interface IDatabaseEngine : IDisposable
{
    /// <summary>See <see cref="DatabaseLocation.Name"/>.</summary>
    string Name { get; }

    /// <summary>How often to look for what other receivers on the same database took in or left.</summary>
    TimeSpan LookAgainAfter { get; }

    /// <summary>Sees to it that one receiver at a time delivers for a server.</summary>
    IServerLocks Locks { get; }

    /// <summary>Keeps other receivers from it until this is disposed of, where it is for one alone.</summary>
    /// <exception cref="StartupException">Another receiver has it.</exception>
    void Occupy();

    /// <summary>Makes the tables where there are none, brings older ones up to date, and makes sure that they can be used.</summary>
    /// <exception cref="StartupException">They cannot; all is as it was.</exception>
    void Prepare();

    /// <summary>How <see cref="ReceiverDatabase"/> reaches it.</summary>
    void Use(DbContextOptionsBuilder builder);

    /// <summary>Waits until this process may write; what is returned ends the turn.</summary>
    /// <exception cref="TimeoutException">The turn did not come in time.</exception>
    Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Until the end of the transaction nobody else takes in notifications of these servers: they become visible in the order of their
    /// numbers, and none is taken in twice.
    /// </summary>
    Task HoldBackOthersAsync(ReceiverDatabase database, IEnumerable<string> keys, CancellationToken cancellationToken);

    /// <summary>Whether a transaction failed only because of another at the same time, so that it may simply be run again.</summary>
    bool IsConflict(Exception fault);

    /// <summary>What is wrong and what to do, in whole sentences, without secrets.</summary>
    string Explain(Exception fault);
}
