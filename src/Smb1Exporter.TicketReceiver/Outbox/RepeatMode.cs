namespace Smb1Exporter.TicketReceiver.Outbox;

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
