using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>
/// Where the technicians' work arrives. Each call is one attempt; waiting and trying again is the caller's. A call may throw
/// <see cref="TicketingException"/> instead of answering; any other exception counts as <see cref="TicketingOutcome.RetryLater"/>.
/// An attempt whose answer was lost may have had its effect: the caller asks before it repeats one.
/// </summary>
internal interface ITicketingSystem
{
    /// <summary>What and where it is, for people: "Request Tracker at https://rt.example".</summary>
    string Name { get; }

    /// <summary>For how long after its creation a search may not show a ticket. Zero where a search shows all that was answered.</summary>
    TimeSpan SearchLag => TimeSpan.Zero;

    /// <summary>
    /// Whether it does nothing twice for one <see cref="TicketMessage.DeliveryId"/> by itself. Where it may, an attempt whose receiver died
    /// is given the time of a request before it is made again.
    /// </summary>
    bool KnowsDeliveries => false;

    /// <summary>
    /// Asks for all that deliveries need: access, fields, queues, boards, projects of every customer. Changes nothing.
    /// Throws when the system cannot be asked now.
    /// </summary>
    /// <returns>What is wrong, each with its setting and remedy; empty when nothing is.</returns>
    Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Seeks the open ticket of a customer and server, wherever a technician moved it. Only a ticket that carries the key is one, also the
    /// known one. Done without a reference: there is none.
    /// </summary>
    Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken);

    /// <summary>Opens a ticket, and reads back that it carries the key.</summary>
    Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken);

    /// <summary>Seeks the note that an earlier attempt may have added. Done without a reference: it is not there.</summary>
    Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken);

    /// <summary>Adds a note to an open ticket.</summary>
    Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken);

    /// <summary>What the calls would send, in their order, for people to read: no secret is in it, and nothing is sent.</summary>
    /// <param name="ticket">What opens a ticket.</param>
    /// <param name="note">What adds a note to it.</param>
    IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note);
}

/// <summary>The ticket that is sought.</summary>
/// <param name="Key">Identifies customer and server: lower-case letters, digits and hyphens only, at most 49 characters.</param>
/// <param name="Known">The ticket that was the server's last, as the ticketing system calls it; null when none is known.</param>
internal sealed record TicketSearch(string Key, string? Known);

/// <summary>What a ticket or a note says, and to whom.</summary>
/// <param name="NotificationId">Identifies the notification within this receiver's database, for ever.</param>
/// <param name="DeliveryId">Identifies the notification everywhere, for ever: 16 hexadecimal digits.</param>
/// <param name="Key">Identifies customer and server, see <see cref="TicketSearch"/>.</param>
/// <param name="Customer">The organisation that owns the server. One line.</param>
/// <param name="Server">The server's name. One line.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Plain text of several lines, ended by a line feed each but the last.</param>
/// <param name="Route">Where it goes.</param>
internal sealed record TicketMessage(
    long NotificationId, string DeliveryId, string Key, string Customer, string Server, string Subject, string Body, TicketRoute Route)
{
    /// <summary>The line by which a note is found again in a system that keeps nothing else of ours with it.</summary>
    public string Mark => $"[SMB1 note {DeliveryId}]";

    /// <summary>The text of a note in such a system.</summary>
    public string MarkedBody => $"{Body}\n\n{Mark}";

    /// <summary>The text of a note where there is room for so many UTF-16 code units only; the mark is never cut.</summary>
    public string MarkedWithin(int longest) =>
        (this with { Body = TextLimits.Lines(Body, longest - (MarkedBody.Length - Body.Length)) }).MarkedBody;
}

/// <summary>Where the tickets of a customer go, in the words of its configuration. What a system has no use for is null.</summary>
internal sealed record TicketRoute(string? Company, string? Board, string? Queue, string? Priority, string? Contact)
{
    /// <summary>One part.</summary>
    public string? Of(RouteParts part) => part switch
    {
        RouteParts.Company => Company,
        RouteParts.Board => Board,
        RouteParts.Queue => Queue,
        RouteParts.Priority => Priority,
        RouteParts.Contact => Contact,
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    /// <summary>Whether a part of a route means what a ticketing system calls so: in any case, and whatever blanks stand around the name.</summary>
    public static bool Means(string value, string? name) => string.Equals(name?.Trim(), value, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A request, or a mail, as it would be sent.</summary>
/// <param name="Purpose">What it is for, as a heading.</param>
/// <param name="Text">Method, address and body.</param>
internal sealed record PreparedRequest(string Purpose, string Text);

/// <summary>How one attempt ended.</summary>
internal abstract record TicketingOutcome
{
    private TicketingOutcome()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Reference">The ticket, as the ticketing system calls it.</param>
    internal sealed record Done(string? Reference) : TicketingOutcome;

    /// <summary>It may succeed later.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="After">How long the ticketing system asked to be left alone; null when it did not.</param>
    internal sealed record RetryLater(string Why, TimeSpan? After = null) : TicketingOutcome;

    /// <summary>The ticket that was to get a note is not there any more; another attempt opens a new one.</summary>
    public static RetryLater Deleted(string reference) => new($"Ticket {reference} was deleted meanwhile.", TimeSpan.Zero);

    /// <summary>It can never succeed as it is.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="Answer">All that the ticketing system answered; null when it did not answer.</param>
    internal sealed record Refused(string Why, string? Answer = null) : TicketingOutcome;
}

/// <summary>An attempt that ended in <see cref="Outcome"/>, which is never <see cref="TicketingOutcome.Done"/>.</summary>
internal sealed class TicketingException(TicketingOutcome outcome, Exception? innerException = null)
    : Exception(outcome is TicketingOutcome.RetryLater later ? later.Why : ((TicketingOutcome.Refused)outcome).Why, innerException)
{
    public TicketingOutcome Outcome { get; } = outcome;
}
