namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>How far a stored notification has come.</summary>
internal enum DeliveryState
{
    /// <summary>To be delivered, when its turn comes.</summary>
    Pending = 0,

    /// <summary>In the ticketing system.</summary>
    Delivered = 1,

    /// <summary>Refused for good by the ticketing system; waits for a person.</summary>
    SetAside = 2,
}

/// <summary>One server's notification in the outbox. Its number is also its place in the order of delivery.</summary>
internal sealed class Notification
{
    /// <summary>Never used again, also after the row is gone: tickets and notes remember which notification they came from.</summary>
    public long Id { get; init; }

    public required string Key { get; init; }

    public required string Customer { get; init; }

    public required string Server { get; init; }

    public required string Subject { get; init; }

    public required string Body { get; init; }

    /// <summary>The clients it names, one per line.</summary>
    public required string Clients { get; init; }

    public required string Digest { get; init; }

    /// <summary>Which Alertmanager sent it.</summary>
    public required string Sender { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whether the sender got its answer; if not, it will send the same again.</summary>
    public bool Answered { get; set; }

    public DeliveryState State { get; set; }

    /// <summary>Failed attempts at delivery so far.</summary>
    public int FailedAttempts { get; set; }

    /// <summary>Why the last attempt failed; null when none did.</summary>
    public string? LastFailure { get; set; }
}

/// <summary>A client that the open ticket of a server already names.</summary>
internal sealed class NamedClient
{
    public required string Key { get; init; }

    public required string Client { get; init; }

    /// <summary>The ticket, as the ticketing system calls it.</summary>
    public required string Reference { get; init; }
}
