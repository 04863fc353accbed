namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>What a ticketing system does with the parts of a route.</summary>
internal interface IRouteUse
{
    /// <summary>The parts that it knows what to do with.</summary>
    RouteParts Uses { get; }

    /// <summary>The parts without which it cannot make a ticket.</summary>
    RouteParts Needs { get; }
}
