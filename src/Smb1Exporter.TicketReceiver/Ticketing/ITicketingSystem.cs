namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>
/// Where the technicians' work arrives. Each call is one attempt; waiting and trying again is the caller's. An exception counts as
/// <see cref="TicketingOutcome.RetryLater"/>.
/// </summary>
internal interface ITicketingSystem
{
    /// <summary>Seeks the open ticket of a customer and server. Done without a reference: there is none.</summary>
    Task<TicketingOutcome> FindOpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Opens a ticket. Asked again with the same notification it changes nothing and names the ticket again.</summary>
    Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken);

    /// <summary>Adds a note to an open ticket. Asked again with the same notification it changes nothing.</summary>
    Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken);
}

/// <summary>What a ticket or a note says.</summary>
/// <param name="NotificationId">Identifies the notification it comes from, for ever.</param>
/// <param name="Key">Identifies customer and server.</param>
/// <param name="Customer">The organisation that owns the server.</param>
/// <param name="Server">The server's name.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text of several lines.</param>
internal sealed record TicketMessage(long NotificationId, string Key, string Customer, string Server, string Subject, string Body);

/// <summary>How one attempt ended.</summary>
internal abstract record TicketingOutcome
{
    private TicketingOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Reference">The ticket, as the ticketing system calls it.</param>
    public sealed record Done(string? Reference) : TicketingOutcome;

    /// <summary>It may succeed later.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="After">How long the ticketing system asked to be left alone; null when it did not.</param>
    public sealed record RetryLater(string Why, TimeSpan? After = null) : TicketingOutcome;

    /// <summary>It can never succeed as it is.</summary>
    /// <param name="Why">For people.</param>
    public sealed record Refused(string Why) : TicketingOutcome;
}
