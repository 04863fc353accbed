namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Why a notification was not taken. A closed set: the values of the label <c>reason</c>.</summary>
internal enum RefusalReason
{
    /// <summary>No token, or not the right one.</summary>
    Unauthorized,

    /// <summary>Asked for by a web page of another site, or under a name that is not this machine's.</summary>
    Forbidden,

    /// <summary>The body is larger than <c>Receiver:MaxRequestBytes</c>.</summary>
    TooLarge,

    /// <summary>The body is empty or not JSON.</summary>
    NotJson,

    /// <summary>Valid JSON, but not a notification.</summary>
    WrongShape,

    /// <summary>Another version of the webhook format than "4".</summary>
    WrongVersion,

    /// <summary>The body did not arrive whole.</summary>
    Interrupted,

    /// <summary>The notification is right but could not be stored, or the token could not be read; the sender tries again.</summary>
    NotStored,
}

/// <summary>Why a payload can never be right.</summary>
/// <param name="Reason">For counting.</param>
/// <param name="Detail">For people: what is wrong, where, and what to do.</param>
internal sealed record PayloadFault(RefusalReason Reason, string Detail);
