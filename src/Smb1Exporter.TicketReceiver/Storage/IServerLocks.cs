namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>Sees to it that one receiver at a time delivers for a server.</summary>
internal interface IServerLocks
{
    /// <summary>Takes a server, until what is returned is disposed of or the process dies; null when another receiver has it.</summary>
    Task<IAsyncDisposable?> TryTakeAsync(string key, CancellationToken cancellationToken);
}

/// <summary>For a database that one receiver alone may open.</summary>
internal sealed class SingleReceiverLocks : IServerLocks
{
    public Task<IAsyncDisposable?> TryTakeAsync(string key, CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(Nothing.Instance);

    private sealed class Nothing : IAsyncDisposable
    {
        public static readonly Nothing Instance = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
