using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>What a firing does while the server's ticket is open.</summary>
internal enum RepeatMode
{
    /// <summary>Adds a note each time, as the monitor did that this program replaces.</summary>
    Continuous,

    /// <summary>Adds a note when it names a client that the ticket does not name yet.</summary>
    OnChange,

    /// <summary>Adds nothing.</summary>
    Once,
}

/// <summary>Settings; section <c>Receiver</c>. Fixed from the start of the program to its end.</summary>
internal sealed record ReceiverOptions
{
    /// <summary>Where outbox and built-in tickets are kept.</summary>
    public required DatabaseLocation Database { get; init; }

    /// <summary>The file that holds the token which senders and readers must show; null: none is asked for, and only loopback is served.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Where tickets are made. Default: <see cref="TicketingSystemKind.BuiltIn"/>.</summary>
    public TicketingSystemKind TicketingSystem { get; init; }

    /// <summary>The settings of that system.</summary>
    public required ITicketingSystemOptions System { get; init; }

    /// <summary>All secrets that are set.</summary>
    public required IReadOnlyList<Secret> Secrets { get; init; }

    /// <summary>Which customer's tickets go where.</summary>
    public required CustomerRoutes Routes { get; init; }

    /// <summary>
    /// What the keys of our tickets begin with, so that two sites can share one ticketing system. 1 to 16 lower-case letters, digits and
    /// hyphens. Default: smb1.
    /// </summary>
    public required string KeyPrefix { get; init; }

    /// <summary>PEM file of the authorities that sign the ticketing system's certificate; null: those of the machine.</summary>
    public string? CaFile { get; init; }

    /// <summary>How long the page shows what became of a notification, once it is delivered or dropped. Not less than the duplicate window.</summary>
    public TimeSpan KeepDeliveries { get; init; }

    /// <summary>How long the ticketing system may take for one answer. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; }

    /// <summary>How many deliveries are made at the same time. Default: 4.</summary>
    public int MaxParallelDeliveries { get; init; }

    /// <summary>How long to wait before a delivery is tried again. Default: from 1 s to 5 min.</summary>
    public required RetryPace RetryPace { get; init; }

    /// <summary>What a firing does while the server's ticket is open. Default: <see cref="RepeatMode.Continuous"/>.</summary>
    public RepeatMode Repeat { get; init; }

    /// <summary>The subject of a ticket. Default: the prescribed one.</summary>
    public required TicketTemplate SubjectTemplate { get; init; }

    /// <summary>The body of a ticket and of a note. Default: the prescribed one.</summary>
    public required TicketTemplate BodyTemplate { get; init; }

    /// <summary>The largest notification that is read, in bytes. Default: 4 MiB, room for about 5000 clients.</summary>
    public long MaxRequestBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// How long a notification of the same content counts as the same one when its sender got no answer or another Alertmanager of a pair
    /// sends it too. Default: five minutes, which is less than Alertmanager's repeat_interval. Zero: never.
    /// </summary>
    public TimeSpan DuplicateWindow { get; init; } = TimeSpan.FromMinutes(5);
}
