namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>The part of a notification that concerns one server of one customer. All text is on one line and safe to show.</summary>
/// <param name="Key">Identifies customer and server; two differ in it exactly when their labels differ.</param>
/// <param name="Customer">The organisation that owns the server.</param>
/// <param name="Server">The server's name.</param>
/// <param name="Clients">Who attempted, each once.</param>
/// <param name="NotListed">How many further alerts of the group Alertmanager left out.</param>
/// <param name="NotListedIsUpperBound">True when these may belong to other servers of the same notification.</param>
/// <param name="Digest">Equal for two notifications of exactly the same content, but for the names of clients.</param>
internal sealed record ServerNotification(
    string Key,
    string Customer,
    string Server,
    IReadOnlyList<ClientActivity> Clients,
    long NotListed,
    bool NotListedIsUpperBound,
    string Digest);

/// <summary>What one client did in the past hour.</summary>
/// <param name="Address">Its address or name, or the word that stands for it.</param>
/// <param name="Kind">What the word stands for.</param>
/// <param name="Attempts">Connection attempts; null when not known.</param>
/// <param name="LastSeen">The last attempt; null when not known.</param>
internal sealed record ClientActivity(string Address, ClientKind Kind, long? Attempts, DateTimeOffset? LastSeen)
{
    /// <summary>Its name, where it is known: only letters, digits, hyphens, underscores and dots. Never what tells clients apart.</summary>
    public string? Name { get; init; }
}

/// <summary>Who the label <c>client_address</c> names.</summary>
internal enum ClientKind
{
    /// <summary>One client.</summary>
    Named,

    /// <summary><c>other</c>: all clients beyond the exporter's limit together.</summary>
    Others,

    /// <summary><c>unknown</c>: only rejections were counted, and the event names no client.</summary>
    Rejected,

    /// <summary>The label is missing.</summary>
    NotNamed,
}
