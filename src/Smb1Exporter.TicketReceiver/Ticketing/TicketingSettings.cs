using Smb1Exporter.TicketReceiver.Ticketing.Autotask;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;
using Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;
using Smb1Exporter.TicketReceiver.Ticketing.Email;
using Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;
using Smb1Exporter.TicketReceiver.Ticketing.Jira;
using Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;
using Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;
using Smb1Exporter.TicketReceiver.Ticketing.Webhook;

namespace Smb1Exporter.TicketReceiver.Ticketing;

/// <summary>Reads the settings of all ticketing systems, so that a wrong key is told whichever of them is used.</summary>
internal static class TicketingSettings
{
    /// <param name="reader">The section that holds one group of settings per system.</param>
    /// <param name="selected">The one in use, whose settings must be complete.</param>
    public static ITicketingSystemOptions Read(SectionReader reader, TicketingSystemKind selected)
    {
        var all = new Dictionary<TicketingSystemKind, ITicketingSystemOptions>
        {
            [TicketingSystemKind.BuiltIn] = new BuiltInOptions(),
            [TicketingSystemKind.Email] = EmailOptions.Read(reader, selected == TicketingSystemKind.Email),
            [TicketingSystemKind.HaloPsa] = HaloPsaOptions.Read(reader, selected == TicketingSystemKind.HaloPsa),
            [TicketingSystemKind.ServiceNow] = ServiceNowOptions.Read(reader, selected == TicketingSystemKind.ServiceNow),
            [TicketingSystemKind.ConnectWise] = ConnectWiseOptions.Read(reader, selected == TicketingSystemKind.ConnectWise),
            [TicketingSystemKind.Autotask] = AutotaskOptions.Read(reader, selected == TicketingSystemKind.Autotask),
            [TicketingSystemKind.Jira] = JiraOptions.Read(reader, selected == TicketingSystemKind.Jira),
            [TicketingSystemKind.Webhook] = WebhookOptions.Read(reader, selected == TicketingSystemKind.Webhook),
            [TicketingSystemKind.RequestTracker] = RequestTrackerOptions.Read(reader, selected == TicketingSystemKind.RequestTracker),
        };
        return all[selected];
    }
}
