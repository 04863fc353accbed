using System.Text;
using MimeKit;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>
/// Composes mails. The text is UTF-8 in quoted-printable: lines of any length and blanks at their ends get through every server unchanged.
/// Headers are composed by MimeKit, which encodes what is not ASCII (RFC 2047).
/// </summary>
internal sealed class EmailMessages(EmailOptions options, TimeProvider timeProvider)
{
    // A summary of Jira, one of the shortest subjects, has 255 characters (Atlassian, "Jira: summary is invalid because it exceeds 255 characters").
    private const int LongestSubject = 250;

    /// <summary>The first mail of a thread, which opens a ticket.</summary>
    public MimeMessage Ticket(TicketMessage message) => Compose(message, SubjectOf(message));

    /// <summary>
    /// A mail that is a reply to the thread's first one (RFC 5322, 3.6.4). "Re:" is what ServiceNow asks of a reply beside the headers, and
    /// harms nowhere.
    /// </summary>
    /// <param name="reference">The Message-ID of the first mail.</param>
    /// <param name="message">What it says.</param>
    public MimeMessage Note(string reference, TicketMessage message)
    {
        var mail = Compose(message, $"Re: {SubjectOf(message)}");
        mail.InReplyTo = reference;
        mail.References.Add(reference);
        return mail;
    }

    /// <summary>Who gets the mails of a route.</summary>
    public static MailboxAddress RecipientOf(TicketRoute route) => EmailAddresses.Parse(route.Contact!);

    private MimeMessage Compose(TicketMessage message, string subject)
    {
        var to = RecipientOf(message.Route);
        var mail = new MimeMessage();
        mail.From.Add(options.From);
        mail.To.Add(to);
        mail.Date = timeProvider.GetUtcNow();
        mail.Subject = subject;
        mail.MessageId = EmailThread.MessageId(message, to, options.From);
        if (options.AutoSubmitted)
        {
            mail.Headers.Add("Auto-Submitted", "auto-generated");
        }

        if (message.Route.Priority is { } name && EmailPriority.TryParse(name, out var priority))
        {
            mail.Importance = priority.Importance;
            mail.XPriority = priority.XPriority;
        }

        mail.Headers.Add("X-Smb1-Key", message.Key);
        mail.Headers.Add("X-Smb1-Delivery", message.DeliveryId);
        var text = new TextPart("plain") { ContentTransferEncoding = ContentEncoding.QuotedPrintable };
        text.SetText(Encoding.UTF8, TextLimits.Lines(message.Body, options.LongestText));
        mail.Body = text;
        return mail;
    }

    // One line already; a line break here would be a header of somebody else's.
    private static string SubjectOf(TicketMessage message) => TextLimits.Line(SafeText.Line(message.Subject) ?? message.Key, LongestSubject);
}
