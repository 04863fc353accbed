namespace Smb1Exporter.Auditing;

/// <summary>Asks the SMB servers of this machine what they do, whatever their configuration says.</summary>
internal interface IServerProver
{
    /// <summary>
    /// Whether it asks by itself, again and again, so that time counts from one proof to the next. Where it does not, what the configuration says is
    /// believed, or nothing is known; it may ask with each look at the configuration.
    /// </summary>
    bool Asks { get; }

    /// <summary>Asks. Never throws but for cancellation, and for what <paramref name="beforeConnecting"/> throws.</summary>
    /// <param name="beforeConnecting">Is told the name of each connection whose records must not count (address and port, or the address alone on Windows), before it is made.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken);

    /// <summary>Changes when a server was started or ended, or a file of its configuration was written, since the last proof. Cheap. One caller at a time.</summary>
    Task<string> GetStampAsync(CancellationToken cancellationToken);
}

/// <summary>Asks nobody.</summary>
/// <param name="proof">What is said instead.</param>
internal sealed class NoProver(ServerProof proof) : IServerProver
{
    /// <inheritdoc />
    public bool Asks => false;

    /// <inheritdoc />
    public Task<ServerProof> ProveAsync(Func<string, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken) => Task.FromResult(proof);

    /// <inheritdoc />
    public Task<string> GetStampAsync(CancellationToken cancellationToken) => Task.FromResult("");
}
