using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>Mail addresses of the configuration. Pure.</summary>
internal static class EmailAddresses
{
    /// <summary>What an address has to look like, for messages.</summary>
    public const string Expected = "one mail address such as desk@example.com or SMB1 <smb1@example.com>";

    /// <summary>
    /// One mailbox, with or without a name before it, and a domain. Letters beyond ASCII may stand in the domain only: before the @ they
    /// would need SMTPUTF8 (RFC 6531) from every server on the way.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailboxAddress? address) =>
        MailboxAddress.TryParse(text.Trim(), out address) && address.Domain.Length > 0 && address.LocalPart.All(char.IsAscii);

    /// <exception cref="FormatException">The text is none.</exception>
    public static MailboxAddress Parse(string text) => TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not {Expected}");

    /// <summary>As it stands in an SMTP command: no name, the domain in ASCII.</summary>
    public static string InCommand(this MailboxAddress address) => $"<{address.GetAddress(idnEncode: true)}>";
}
