using System.Security.Cryptography;
using System.Text;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary>
/// <c>test-ticket</c>: sends one ticket that is marked as a test, as a firing would, and tells what came back. The outbox is not used: one
/// attempt, now. Run again, it adds a note while the ticket is open.
/// </summary>
internal static class TestTicketCommand
{
    private const string Server = "SMB1-TEST";
    private const string Client = "192.0.2.1"; // RFC 5737: for documentation

    /// <returns>0 when the ticket is there, 1 when it is not.</returns>
    /// <exception cref="StartupException">The settings are wrong.</exception>
    public static async Task<int> RunAsync(
        string customer, string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output, CancellationToken cancellationToken)
    {
        using var parts = CommandParts.Load(configFile, settings);
        if (parts.Options.Ticketing.TicketingSystem == TicketingSystemKind.BuiltIn)
        {
            parts.PrepareDatabase();
        }

        await output.WriteAsync($"Asking {parts.Ticketing.Name} for all that deliveries need\n");
        var problems = await TicketingProblems.FindAsync(parts.Ticketing, cancellationToken);
        foreach (var problem in problems)
        {
            await output.WriteAsync($"[FAULT] {problem}\n");
        }

        return problems.Count == 0 && await SendAsync(parts, MessageFor(parts, customer), output, cancellationToken) ? 0 : 1;
    }

    private static async Task<bool> SendAsync(CommandParts parts, TicketMessage message, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteAsync($"Customer '{message.Customer}' goes to {Describe(message.Route)}; key {message.Key}\n");
        try
        {
            var (what, outcome) = await DeliverAsync(parts.Ticketing, message, cancellationToken);
            switch (outcome)
            {
                case TicketingOutcome.Done { Reference: { } reference }:
                    await output.WriteAsync($"{what} {reference}: \"{message.Subject}\". Close it when you have seen it.\n");
                    return true;
                case TicketingOutcome.RetryLater later:
                    await output.WriteAsync($"Not taken; the receiver would try again: {later.Why}\n");
                    return false;
                case TicketingOutcome.Refused refused:
                    await output.WriteAsync($"Refused for good: {refused.Why}\n{refused.Answer}\n");
                    return false;
                default:
                    throw new InvalidOperationException("The ticketing system did not name the ticket.");
            }
        }
        catch (TicketingException e)
        {
            await output.WriteAsync(e.Outcome is TicketingOutcome.Refused refused
                ? $"Refused for good: {refused.Why}\n{refused.Answer}\n"
                : $"Not taken; the receiver would try again: {e.Message}\n");
            return false;
        }
    }

    private static async Task<(string What, TicketingOutcome Outcome)> DeliverAsync(
        ITicketingSystem ticketing, TicketMessage message, CancellationToken cancellationToken)
    {
        var found = await ticketing.FindOpenAsync(new TicketSearch(message.Key, null), cancellationToken);
        return found switch
        {
            TicketingOutcome.Done { Reference: null } => ("Opened ticket", await ticketing.CreateAsync(message, cancellationToken)),
            TicketingOutcome.Done { Reference: { } reference } =>
                ("Added a note to the open test ticket", await ticketing.AddNoteAsync(reference, message, cancellationToken)),
            _ => ("", found),
        };
    }

    private static TicketMessage MessageFor(CommandParts parts, string customer)
    {
        var now = parts.Now;
        var notification = new ServerNotification(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"test-ticket\n{customer}"))),
            SafeText.Line(customer) ?? NotificationGrouping.UnknownCustomer,
            Server,
            [new ClientActivity(Client, ClientKind.Named, 1, now)],
            0,
            false,
            "");
        var text = parts.Composer.Compose(notification);
        var marked = new TicketText($"TEST: {text.Subject}", $"This is a test of smb1-ticket-receiver; nothing was detected.\n\n{text.Body}");

        // Below zero there is no notification of the outbox.
        var number = -1 - RandomNumberGenerator.GetInt32(int.MaxValue);
        return TicketMessages.Compose(
            number, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), notification.Key, notification.Customer, Server, marked, parts.Options.Ticketing);
    }

    private static string Describe(TicketRoute route)
    {
        var parts = new[]
            {
                ("company", route.Company), ("board", route.Board), ("queue", route.Queue), ("priority", route.Priority), ("contact", route.Contact),
            }
            .Where(part => part.Item2 is not null)
            .Select(part => $"{part.Item1} '{part.Item2}'")
            .ToList();
        return parts.Count == 0 ? "the one place there is" : string.Join(", ", parts);
    }
}
