namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>Where tickets are made; the values of <c>Receiver:TicketingSystem</c>.</summary>
internal enum TicketingSystemKind
{
    /// <summary>In the receiver's own database, shown on its page.</summary>
    BuiltIn,

    /// <summary>Request Tracker, through REST2.</summary>
    RequestTracker,

    /// <summary>Mail to a service desk that makes tickets of it.</summary>
    Email,

    /// <summary>ConnectWise PSA (Manage).</summary>
    ConnectWise,

    /// <summary>Datto Autotask PSA.</summary>
    Autotask,

    /// <summary>HaloPSA, HaloITSM.</summary>
    HaloPsa,

    /// <summary>ServiceNow, table incident.</summary>
    ServiceNow,

    /// <summary>Jira, Cloud or Data Center.</summary>
    Jira,

    /// <summary>Any other system that takes JSON over HTTP.</summary>
    Webhook,
}
