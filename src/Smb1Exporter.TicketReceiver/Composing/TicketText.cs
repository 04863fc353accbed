using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>What a technician reads.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Body">Lines ended by a line feed, the last one without.</param>
internal sealed record TicketText(string Subject, string Body);

/// <summary>Writes the text of a ticket, and of a note, from one server's notification. Pure.</summary>
internal sealed class TicketComposer(TicketTemplate subject, TicketTemplate body)
{
    public TicketText Compose(ServerNotification notification)
    {
        var result = ResultLines.Write(notification);
        return new TicketText(
            SafeText.Cut(subject.Render(notification.Customer, notification.Server, result), SafeText.MaxLength),
            body.Render(notification.Customer, notification.Server, result));
    }
}
