using MimeKit;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>A ticket of a <see cref="FakeDesk"/>.</summary>
internal sealed class DeskTicket(string recipient, MimeMessage first)
{
    private readonly List<MimeMessage> _mails = [first];

    public string Recipient => recipient;

    public MimeMessage First => first;

    /// <summary>All its mails, the first one included.</summary>
    public IReadOnlyList<MimeMessage> Mails => _mails;

    public void Add(MimeMessage mail) => _mails.Add(mail);
}

/// <summary>
/// A service desk as Zendesk, Freshdesk, osTicket and others document themselves: a mail whose In-Reply-To or References names a mail of a
/// ticket in the same mailbox goes to that ticket, any other opens one, and a mail with a Message-ID that was seen before is dropped.
/// </summary>
internal sealed class FakeDesk
{
    private readonly Lock _lock = new();
    private readonly List<DeskTicket> _tickets = [];
    private readonly HashSet<(string Recipient, string MessageId)> _seen = [];
    private int _dropped;

    /// <summary>All tickets, oldest first.</summary>
    public IReadOnlyList<DeskTicket> Tickets
    {
        get
        {
            lock (_lock)
            {
                return [.. _tickets];
            }
        }
    }

    /// <summary>How many mails came a second time.</summary>
    public int Dropped => Volatile.Read(ref _dropped);

    public void Take(string recipient, MimeMessage mail)
    {
        lock (_lock)
        {
            if (!_seen.Add((recipient, mail.MessageId!)))
            {
                _dropped++;
                return;
            }

            var named = mail.References.Append(mail.InReplyTo).ToHashSet();
            if (_tickets.Find(ticket => ticket.Recipient == recipient && ticket.Mails.Any(one => named.Contains(one.MessageId))) is { } ticket)
            {
                ticket.Add(mail);
            }
            else
            {
                _tickets.Add(new DeskTicket(recipient, mail));
            }
        }
    }

    /// <summary>A mail's text as a technician sees it.</summary>
    public static string TextOf(MimeMessage mail) => mail.TextBody!.ReplaceLineEndings("\n");
}
