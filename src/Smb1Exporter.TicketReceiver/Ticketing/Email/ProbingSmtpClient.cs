using MailKit.Net.Smtp;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>An SMTP client that can also ask without sending a mail.</summary>
internal sealed class ProbingSmtpClient : SmtpClient
{
    /// <summary>Sends one command; the answer may be any.</summary>
    /// <param name="command">Without its line end; it must hold none.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task<SmtpResponse> AskAsync(string command, CancellationToken cancellationToken) => SendCommandAsync(command, cancellationToken);
}
