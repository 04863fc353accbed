using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>What a mail server answered.</summary>
internal enum SmtpStep
{
    /// <summary>The connection itself: greeting, EHLO, STARTTLS.</summary>
    Connection,

    /// <summary>AUTH.</summary>
    SignIn,

    /// <summary>MAIL FROM.</summary>
    Sender,

    /// <summary>RCPT TO.</summary>
    Recipient,

    /// <summary>DATA, and the mail itself.</summary>
    Mail,
}

/// <summary>
/// Judges a mail server's answers by their codes (RFC 5321, 4.2) and enhanced codes (RFC 3463). As with HTTP, what an administrator can mend
/// without a change of the mail, such as sign-in and rights of the sender, is for later; a recipient or a mail that is not taken is refused.
/// Pure.
/// </summary>
internal static partial class SmtpAnswers
{
    /// <summary>Whether it may succeed later.</summary>
    /// <param name="step">What was answered.</param>
    /// <param name="code">Three digits.</param>
    /// <param name="text">What followed.</param>
    public static bool IsForLater(SmtpStep step, int code, string text)
    {
        if (code < 500 || step is SmtpStep.Connection or SmtpStep.SignIn)
        {
            return true;
        }

        const int StorageExceeded = 552;
        const int SizeExceeded = 523;
        return (step, code, EnhancedCode().Match(text) is { Success: true } enhanced ? enhanced.Groups[1].Value : null) switch
        {
            // RFC 4954, 6: not signed in, or not well enough.
            (_, 530 or 534 or 535 or 538, _) => true,

            // RFC 1870, 6.1: the size that MAIL FROM announced is too much.
            (SmtpStep.Sender, StorageExceeded or SizeExceeded, _) => false,
            (SmtpStep.Sender, _, _) => true,

            // RFC 3463: full mailbox, full server; to be understood as persistent but transient.
            (_, _, "2.2" or "3.1") => true,

            // RFC 5321, 4.5.3.1.10: to be taken for 452.
            (_, StorageExceeded, null) => true,
            _ => false,
        };
    }

    [GeneratedRegex(@"^5\.(\d{1,3}\.\d{1,3})(?!\S)", RegexOptions.CultureInvariant)]
    private static partial Regex EnhancedCode();
}
