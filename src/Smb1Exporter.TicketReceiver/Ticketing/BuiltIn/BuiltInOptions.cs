using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

/// <summary>The built-in tickets need no settings.</summary>
internal sealed class BuiltInOptions : ITicketingSystemOptions
{
    public RouteParts Uses => RouteParts.None;

    public RouteParts Needs => RouteParts.None;

    public ITicketingSystem Create(TicketingContext context) =>
        new BuiltInTicketingSystem(context.Services.GetRequiredService<DatabaseAccess>(), context.TimeProvider);
}
