namespace Smb1Exporter.TicketReceiver.Storage;

/// <summary>What a delivery did; the values of the label <c>result</c>.</summary>
internal enum DeliveryResultKind
{
    /// <summary>Opened a ticket.</summary>
    Opened,

    /// <summary>Added a note to the open ticket.</summary>
    Noted,

    /// <summary>Left the open ticket as it is, as <c>Receiver:Repeat</c> says.</summary>
    Unchanged,

    /// <summary>Failed and will be tried again.</summary>
    Failed,

    /// <summary>Was refused for good and set aside.</summary>
    Refused,
}
