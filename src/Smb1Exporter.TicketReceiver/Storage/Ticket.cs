namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>A ticket of the built-in system. Open until a person closes it.</summary>
internal sealed class Ticket
{
    public long Id { get; init; }

    public required string Key { get; init; }

    public required string Customer { get; init; }

    public required string Server { get; init; }

    public required string Subject { get; init; }

    public required string Body { get; init; }

    /// <summary>The notification it was opened for; unique, so the same one never opens a second ticket.</summary>
    public required long NotificationId { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Null while open.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>A note on a ticket.</summary>
internal sealed class TicketNote
{
    public long Id { get; init; }

    public required long TicketId { get; init; }

    public required string Body { get; init; }

    /// <summary>The notification it was added for; unique, so the same one never adds a second note.</summary>
    public required long NotificationId { get; init; }

    public required DateTimeOffset AddedAt { get; init; }
}
