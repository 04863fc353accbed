namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>Where outbox and built-in tickets are kept. As a text it is what people are shown of it: no secret, no account.</summary>
/// <param name="Name">That text.</param>
internal abstract record DatabaseLocation(string Name)
{
    /// <summary>What reaches it; nothing is opened yet.</summary>
    /// <param name="keyPrefix">What the keys of our tickets begin with.</param>
    /// <param name="maxParallelDeliveries">How many deliveries are made at the same time.</param>
    /// <exception cref="StartupException">Something that it is reached with is wrong.</exception>
    public abstract IDatabaseEngine Create(string keyPrefix, int maxParallelDeliveries);

    public sealed override string ToString() => Name;
}
