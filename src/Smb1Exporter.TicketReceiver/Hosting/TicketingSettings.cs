using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Autotask;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;
using Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;
using Smb1Exporter.TicketReceiver.Ticketing.Email;
using Smb1Exporter.TicketReceiver.Ticketing.HaloPsa;
using Smb1Exporter.TicketReceiver.Ticketing.Jira;
using Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;
using Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;
using Smb1Exporter.TicketReceiver.Ticketing.Webhook;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Says which ticketing system the settings name, and reads those of all of them, so that a wrong key is told whichever is used.</summary>
internal static class TicketingSettings
{
    /// <param name="reader">The section <c>Receiver</c>, which holds one group of settings per system.</param>
    public static (TicketingOptions Options, ITicketingSystemOptions System) Read(SectionReader reader)
    {
        var selected = reader.Choice(nameof(TicketingOptions.TicketingSystem), TicketingSystemKind.BuiltIn);
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
        var system = all[selected];
        return (TicketingOptions.Read(reader, selected, system), system);
    }
}
