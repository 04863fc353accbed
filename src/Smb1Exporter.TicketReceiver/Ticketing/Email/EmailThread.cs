using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>
/// The Message-IDs by which a service desk groups our mails and tells a repeated one: <c>KEY.DELIVERY.RECIPIENT@domain</c>, the same at each
/// attempt. That of a thread's first mail is the ticket's reference. Pure.
/// </summary>
internal static partial class EmailThread
{
    private const int RecipientBytes = 4;

    /// <summary>The Message-ID of a mail, without the angle brackets.</summary>
    /// <param name="message">What it says.</param>
    /// <param name="to">Who gets it.</param>
    /// <param name="from">Who writes.</param>
    public static string MessageId(TicketMessage message, MailboxAddress to, MailboxAddress from) =>
        $"{message.Key}.{message.DeliveryId}.{Recipient(to)}@{MailboxAddress.EncodeAddrspec(from.Address).Split('@')[^1]}";

    /// <summary>Whether it is the reference of a ticket of this customer and server. That of another ticketing system is not.</summary>
    public static bool IsOf(string reference, string key) => Id().Match(reference) is { Success: true } id && id.Groups["key"].Value == key;

    /// <summary>Whether the thread goes to this address. A customer's mail can be sent elsewhere later on, where nobody knows the thread.</summary>
    public static bool GoesTo(string reference, MailboxAddress to) => Id().Match(reference).Groups["recipient"].Value == Recipient(to);

    private static string Recipient(MailboxAddress to) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(to.Address.ToLowerInvariant())).AsSpan(0, RecipientBytes));

    [GeneratedRegex(@"^(?<key>[a-z0-9-]+)\.[0-9A-Za-z]+\.(?<recipient>[0-9a-f]{8})@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
