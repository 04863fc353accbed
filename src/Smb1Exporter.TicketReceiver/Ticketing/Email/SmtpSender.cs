using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>Talks to the mail server: one connection per attempt. Whatever goes wrong comes out as <see cref="TicketingException"/>.</summary>
/// <param name="options">The settings.</param>
/// <param name="certificateCheck">Whether the server's certificate is good; null: the machine's authorities decide.</param>
/// <param name="timeout">How long an attempt may take as a whole.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class SmtpSender(
    EmailOptions options, RemoteCertificateValidationCallback? certificateCheck, TimeSpan timeout, TimeProvider timeProvider)
{
    // The mail is taken by then; who does not say goodbye is not waited for.
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    /// <summary>The server, for people.</summary>
    public string Server => $"{options.Host}:{options.Port}";

    /// <summary>Sends a mail. An attempt that failed may have sent it all the same.</summary>
    public Task SendAsync(MimeMessage mail, CancellationToken cancellationToken) =>
        RunAsync((client, limit) => client.SendAsync(mail, limit), cancellationToken);

    /// <summary>Connects, signs in, and asks what the caller wants to know.</summary>
    /// <param name="ask">Gets a client that is signed in.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task RunAsync(Func<ProbingSmtpClient, CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(timeout, timeProvider);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        using var client = new ProbingSmtpClient { Timeout = (int)timeout.TotalMilliseconds };

        // As for HTTP: authorities' lists of revoked certificates are out of reach in many a server network.
        client.CheckCertificateRevocation = false;
        if (certificateCheck is not null)
        {
            client.ServerCertificateValidationCallback = certificateCheck;
        }

        var step = SmtpStep.Connection;
        try
        {
            await client.ConnectAsync(options.Host, options.Port, SocketOptions(), limit.Token);
            step = SmtpStep.SignIn;
            if (options.User is { } user)
            {
                await client.AuthenticateAsync(Encoding.UTF8, user, options.Password!.Reveal(), limit.Token);
            }

            step = SmtpStep.Mail;
            await ask(client, limit.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not (TicketingException or StartupException))
        {
            throw new TicketingException(Judge(step, e), e);
        }

        await SayGoodbyeAsync(client);
    }

    /// <summary>What an answer means: for later, or refused.</summary>
    /// <param name="step">What was answered.</param>
    /// <param name="code">Three digits.</param>
    /// <param name="text">What followed.</param>
    public TicketingOutcome Judge(SmtpStep step, int code, string text)
    {
        var told = Redact($"Mail server {Server} answered {code} to {Shown(step)}: {Told(text)}{RemedyFor(step, code)}");
        return SmtpAnswers.IsForLater(step, code, text)
            ? new TicketingOutcome.RetryLater(told)
            : new TicketingOutcome.Refused(told, Redact(Excerpt.Whole($"{code} {text}")));
    }

    private async Task SayGoodbyeAsync(ProbingSmtpClient client)
    {
        using var limit = new CancellationTokenSource(GoodbyeLimit, timeProvider);
        try
        {
            await client.DisconnectAsync(quit: true, limit.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or CommandException or OperationCanceledException)
        {
            // Nothing hangs on it any more.
        }
    }

    private TicketingOutcome Judge(SmtpStep step, Exception exception) => exception switch
    {
        SmtpCommandException e => Judge(StepOf(e, step), (int)e.StatusCode, e.Message),
        SslHandshakeException e => Later(Tell(e)),
        AuthenticationException e => Later(
            $"Mail server {Server} refused the sign-in as {options.User}: {Told(e.Message)} Check Receiver:Email:User and Receiver:Email:Password."),
        ServiceNotAuthenticatedException e => Later(
            $"Mail server {Server} takes mail only after a sign-in: {Told(e.Message)} Set Receiver:Email:User and Receiver:Email:PasswordFile."),
        OperationCanceledException or TimeoutException => Later($"Mail server {Server} did not answer within {timeout.TotalSeconds:0} s.{Repeated(step)}"),
        NotSupportedException when step == SmtpStep.Connection => Later(
            $"Mail server {Server} offers no STARTTLS, and Receiver:Email:Security is StartTls: nothing is sent in clear. "
            + "Switch STARTTLS on there, or set Receiver:Email:Security to Tls with the port for it (465)."),
        NotSupportedException => Later(
            $"Mail server {Server} offers no sign-in with a password. Remove Receiver:Email:User and Receiver:Email:Password, or name another server."),
        SmtpProtocolException e => Later(
            $"Mail server {Server} broke the connection off, or does not speak SMTP: {Told(e.GetBaseException().Message)} "
            + $"Check Receiver:Email:Host, Port and Security if this lasts.{Repeated(step)}"),
        SocketException or IOException when step == SmtpStep.Connection =>
            Later($"Mail server {Server} cannot be reached: {Told(exception.GetBaseException().Message)}"),
        _ => Later($"Mail server {Server}: {Told(exception.GetBaseException().Message)}{Repeated(step)}"),
    };

    private string Tell(SslHandshakeException exception)
    {
        if (exception.ServerCertificate is null)
        {
            return $"Mail server {Server} speaks no TLS there: {Told(exception.GetBaseException().Message)} "
                + "Receiver:Email:Security is Tls for port 465 and StartTls for port 587, as a rule.";
        }

        using var certificate = X509CertificateLoader.LoadCertificate(exception.ServerCertificate.GetRawCertData());
        var end = new DateTimeOffset(certificate.NotAfter);
        var why = end < timeProvider.GetUtcNow() ? $"it expired on {end.UtcDateTime:yyyy-MM-dd}. Renew it there."
            : !certificate.MatchesHostname(options.Host) ? $"it is not for {options.Host}. Let Receiver:Email:Host be a name that it is for."
            : "no authority trusted here signed it. If the authority is your own, name its certificate with Receiver:CaFile.";
        return $"The certificate of mail server {Server} ({SafeText.Line(certificate.Subject)}) is not trusted: {why}";
    }

    // In clear is what the settings say then.
    private SecureSocketOptions SocketOptions() => options.Security switch
    {
        EmailSecurity.StartTls => SecureSocketOptions.StartTls,
        EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    private static SmtpStep StepOf(SmtpCommandException exception, SmtpStep step) => exception.ErrorCode switch
    {
        SmtpErrorCode.SenderNotAccepted => SmtpStep.Sender,
        SmtpErrorCode.RecipientNotAccepted => SmtpStep.Recipient,
        _ => step,
    };

    private static string Shown(SmtpStep step) => step switch
    {
        SmtpStep.Connection => "the connection",
        SmtpStep.SignIn => "the sign-in",
        SmtpStep.Sender => "the sender's address",
        SmtpStep.Recipient => "the recipient's address",
        _ => "the mail",
    };

    private string RemedyFor(SmtpStep step, int code) => (step, code) switch
    {
        (_, < 500) => "",
        (_, 530) => " Check Receiver:Email:User and Receiver:Email:Password.",
        (SmtpStep.Sender, 552 or 523) => " Lower Receiver:Email:LongestText, or let the server take larger mails.",
        (SmtpStep.Sender, _) => $" Check that it lets {options.User ?? "us"} send as {options.From.Address} (Receiver:Email:From).",
        _ => "",
    };

    // Whether the mail was taken is not known: its Message-ID tells the service desk.
    private static string Repeated(SmtpStep step) => step == SmtpStep.Mail ? " The mail is sent again under the same Message-ID." : "";

    private TicketingOutcome.RetryLater Later(string why) => new(Redact(why));

    // As AUTH LOGIN and AUTH PLAIN send the password (RFC 4616), should the server repeat that.
    private string Redact(string text) =>
        options.Password?.RedactIn(text, SentSecrets.Base64, password => SentSecrets.Base64($"\0{options.User}\0{password}")) ?? text;

    private static string Told(string answer) => Excerpt.Line(answer) is { } line ? $"{line.TrimEnd('.')}." : "(nothing).";
}
