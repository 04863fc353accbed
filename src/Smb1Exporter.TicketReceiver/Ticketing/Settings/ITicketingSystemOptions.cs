using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Settings;

/// <summary>The settings of one ticketing system, read and right in themselves.</summary>
internal interface ITicketingSystemOptions : IRouteUse
{
    /// <summary>Makes the system; asks it nothing yet.</summary>
    /// <exception cref="StartupException">A file it needs cannot be read.</exception>
    ITicketingSystem Create(TicketingContext context);
}

/// <summary>What a ticketing system is made with.</summary>
/// <param name="Routes">Where tickets may go, the catch-all included.</param>
/// <param name="Http">Makes connections.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="Services">The program's other parts.</param>
internal sealed record TicketingContext(CustomerRoutes Routes, TicketHttpFactory Http, TimeProvider TimeProvider, IServiceProvider Services);
