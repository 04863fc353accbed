using MailKit.Net.Smtp;
using MimeKit;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>
/// Mails to a service desk. It cannot be asked anything: a ticket is the thread that its first mail began, and what may have been sent is sent
/// again under the same Message-ID, by which desks drop it.
/// </summary>
internal sealed class EmailTicketingSystem(EmailOptions options, CustomerRoutes routes, SmtpSender sender, EmailMessages messages) : ITicketingSystem
{
    // A server takes at least 100 recipients for one mail (RFC 5321, 4.5.3.1.8).
    private const int RecipientsAtOnce = 50;

    public string Name => $"e-mail through {sender.Server}";

    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var recipients = new List<(string Setting, MailboxAddress Address)>();
        foreach (var (setting, route) in routes.All)
        {
            if (EmailAddresses.TryParse(route.Contact!, out var address))
            {
                recipients.Add((setting, address));
            }
            else
            {
                problems.Add($"{setting}: Contact '{route.Contact}' is not {EmailAddresses.Expected}. Correct it.");
            }

            if (route.Priority is { } priority && !EmailPriority.TryParse(priority, out _))
            {
                problems.Add($"{setting}: Priority '{priority}' is unknown. With e-mail there are {EmailPriority.Names}.");
            }
        }

        await sender.RunAsync(
            async (client, limit) =>
            {
                foreach (var some in recipients.DistinctBy(recipient => recipient.Address.InCommand()).Chunk(RecipientsAtOnce))
                {
                    problems.AddRange(await ProbeAsync(client, some, limit));
                }
            },
            cancellationToken);
        return problems;
    }

    public Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken) => Task.FromResult<TicketingOutcome>(
        new TicketingOutcome.Done(search.Known is { } known && EmailThread.IsOf(known, search.Key) ? known : null));

    public async Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken)
    {
        var mail = messages.Ticket(message);
        await sender.SendAsync(mail, cancellationToken);
        return new TicketingOutcome.Done(mail.MessageId);
    }

    // Nobody knows; AddNoteAsync does no harm a second time.
    public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(null));

    public async Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken)
    {
        if (!EmailThread.GoesTo(reference, EmailMessages.RecipientOf(message.Route)))
        {
            return await CreateAsync(message, cancellationToken);
        }

        await sender.SendAsync(messages.Note(reference, message), cancellationToken);
        return new TicketingOutcome.Done(reference);
    }

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note)
    {
        var first = messages.Ticket(ticket);
        return
        [
            Prepared("First firing: a mail that opens a ticket", first),
            Prepared("Next firing: a mail that adds to it", messages.Note(first.MessageId!, note)),
        ];
    }

    private PreparedRequest Prepared(string purpose, MimeMessage mail)
    {
        var signIn = options.User is { } user ? $", signed in as {user}" : "";
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Unix;
        using var text = new MemoryStream();
        mail.WriteTo(format, text, CancellationToken.None);
        return new PreparedRequest(
            purpose,
            $"To {sender.Server} ({options.Security}{signIn})\nMAIL FROM:{options.From.InCommand()}\nRCPT TO:{mail.To.Mailboxes.Single().InCommand()}\n\n"
            + System.Text.Encoding.ASCII.GetString(text.ToArray()));
    }

    private async Task<List<string>> ProbeAsync(
        ProbingSmtpClient client, IReadOnlyList<(string Setting, MailboxAddress Address)> recipients, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var answer = await client.AskAsync($"MAIL FROM:{options.From.InCommand()}", cancellationToken);
        if (!IsGood(answer))
        {
            throw new TicketingException(sender.Judge(SmtpStep.Sender, (int)answer.StatusCode, answer.Response));
        }

        foreach (var (setting, address) in recipients)
        {
            answer = await client.AskAsync($"RCPT TO:{address.InCommand()}", cancellationToken);

            // What is for later, a full mailbox or a server that wants to be asked twice, is no fault of the settings.
            if (!IsGood(answer) && sender.Judge(SmtpStep.Recipient, (int)answer.StatusCode, answer.Response) is TicketingOutcome.Refused refused)
            {
                problems.Add($"{setting}: Contact '{address.Address}': {refused.Why} Correct the address, or let the server take mail for it.");
            }
        }

        await client.AskAsync("RSET", cancellationToken);
        return problems;
    }

    private static bool IsGood(SmtpResponse answer) => (int)answer.StatusCode is >= 200 and < 300;
}
