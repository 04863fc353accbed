namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>How far a stored notification has come.</summary>
internal enum DeliveryState
{
    /// <summary>To be delivered, when its turn comes.</summary>
    Pending = 0,

    /// <summary>In the ticketing system.</summary>
    Delivered = 1,

    /// <summary>Refused for good by the ticketing system; waits for a person.</summary>
    SetAside = 2,

    /// <summary>Dropped by a person after it was set aside.</summary>
    Dropped = 3,
}

/// <summary>One server's notification in the outbox. Its number is also its place in the order of delivery.</summary>
internal sealed class Notification
{
    /// <summary>Never used again, also after the row is gone: tickets and notes remember which notification they came from.</summary>
    public long Id { get; init; }

    /// <summary>Identifies it everywhere, also to other receivers and after this database is lost: 16 hexadecimal digits by chance.</summary>
    public required string DeliveryId { get; init; }

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

    /// <summary>All that the ticketing system answered when it refused; null when it did not.</summary>
    public string? RefusalAnswer { get; set; }

    /// <summary>
    /// What was last begun for it, written before it is asked for, since its answer may be lost: <see cref="Creation"/>, or the ticket that
    /// was to get the note. Null: nothing yet.
    /// </summary>
    public string? Begun { get; set; }

    /// <summary>When that was, the last time.</summary>
    public DateTimeOffset? BegunAt { get; set; }

    /// <summary>
    /// Whether that attempt has not come to an end that was recorded. When nobody delivers for the server, whoever made it is gone, and what
    /// it asked for may still be on its way.
    /// </summary>
    public bool IsUnderWay { get; set; }

    /// <summary>When the ticketing system had taken it; null before.</summary>
    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>What the delivery did; null before.</summary>
    public DeliveryResultKind? Result { get; set; }

    /// <summary>The ticket in which it is, as the ticketing system calls it; null before.</summary>
    public string? Reference { get; set; }

    /// <summary>The clients it names.</summary>
    public IReadOnlyList<string> ClientList => Clients.Split('\n');

    /// <summary><see cref="Begun"/>: a ticket was to be opened. No ticketing system calls a ticket so.</summary>
    public const string Creation = "+";
}

/// <summary>A server that had notifications.</summary>
internal sealed class NotifiedServer
{
    public required string Key { get; init; }

    public required string Customer { get; init; }

    public required string Server { get; init; }

    /// <summary>When something was last delivered for it; null when nothing was yet.</summary>
    public DateTimeOffset? LastDeliveredAt { get; set; }

    /// <summary>Its last ticket, as the ticketing system calls it; null before the first.</summary>
    public string? Reference { get; set; }

    /// <summary>Failed attempts since the last that succeeded.</summary>
    public int FailuresInRow { get; set; }

    /// <summary>Not to be tried again before; null: at once.</summary>
    public DateTimeOffset? NextAttemptAt { get; set; }
}

/// <summary>A ticket that a server had, open or not. Never forgotten: it tells a ticket just opened from one that a person opened again.</summary>
internal sealed class KnownTicket
{
    public required string Key { get; init; }

    public required string Reference { get; init; }
}

/// <summary>A client that the open ticket of a server already names.</summary>
internal sealed class NamedClient
{
    public required string Key { get; init; }

    public required string Client { get; init; }

    /// <summary>The ticket, as the ticketing system calls it.</summary>
    public required string Reference { get; init; }
}
