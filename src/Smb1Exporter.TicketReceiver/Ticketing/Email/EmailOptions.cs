using System.Net;
using MimeKit;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>Settings; section <c>Receiver:Email</c>.</summary>
internal sealed record EmailOptions : ITicketingSystemOptions
{
    /// <summary>The mail server that takes our mails: a name or an address.</summary>
    public required string Host { get; init; }

    /// <summary>Its port. Default: that of <see cref="Security"/>.</summary>
    public int Port { get; init; }

    /// <summary>How mail gets to it. Default: <see cref="EmailSecurity.StartTls"/>.</summary>
    public EmailSecurity Security { get; init; }

    /// <summary>The account with which we sign in; null: we do not.</summary>
    public string? User { get; init; }

    /// <summary>Its password.</summary>
    public Secret? Password { get; init; }

    /// <summary>Who writes; its domain is that of the Message-IDs.</summary>
    public required MailboxAddress From { get; init; }

    /// <summary>Whether mails carry <c>Auto-Submitted: auto-generated</c> (RFC 3834). Some service desks take no such mail. Default: true.</summary>
    public bool AutoSubmitted { get; init; }

    /// <summary>The longest text of a mail, in UTF-16 code units; what is cut is said. Default: 32000, since a text of Jira has 32767.</summary>
    public int LongestText { get; init; }

    public RouteParts Uses => RouteParts.Contact | RouteParts.Priority;

    public RouteParts Needs => RouteParts.Contact;

    /// <param name="reader">The section <c>Receiver</c>.</param>
    /// <param name="selected">Whether what is required must be there.</param>
    public static EmailOptions Read(SectionReader reader, bool selected)
    {
        var security = reader.Choice("Email:Security", EmailSecurity.StartTls);
        var from = reader.Value<MailboxAddress?>("Email:From", null, EmailAddresses.Parse, EmailAddresses.Expected);
        var options = new EmailOptions
        {
            Host = reader.Value(
                "Email:Host", "", text => Uri.CheckHostName(text.Trim()) == UriHostNameType.Unknown ? throw new FormatException() : text.Trim(), "a host name or an address"),
            Security = security,
            Port = reader.Number("Email:Port", DefaultPort(security), 1, ushort.MaxValue, "a port"),
            User = reader.Text("Email:User", null),
            Password = reader.Secret("Email:Password"),
            From = from ?? new MailboxAddress("", "nobody@localhost"),
            AutoSubmitted = reader.Flag("Email:AutoSubmitted", true),
            LongestText = reader.Number("Email:LongestText", 32000, 1000, 10_000_000, "a whole number of characters"),
        };
        if (selected)
        {
            Check(reader, options, from);
        }

        return options;
    }

    /// <exception cref="StartupException">The authorities' file cannot be used.</exception>
    public ITicketingSystem Create(TicketingContext context) => new EmailTicketingSystem(
        this,
        context.Routes,
        new SmtpSender(this, context.Http.CertificateCheck(), context.Http.Timeout, context.TimeProvider),
        new EmailMessages(this, context.TimeProvider));

    private static int DefaultPort(EmailSecurity security) => security switch
    {
        EmailSecurity.Tls => 465,
        EmailSecurity.None => 25,
        _ => 587,
    };

    private static void Check(SectionReader reader, EmailOptions options, MailboxAddress? from)
    {
        reader.Require("Email:Host", options.Host.Length == 0, "Set it to the name of the mail server that takes our mails.");
        reader.Require("Email:From", from is null, "Set it to the address from which the service desk is to get mail.");

        if (options.User is null != options.Password is null)
        {
            reader.Reject(
                options.User is null ? "Email:User" : "Email:Password",
                "is missing, while the other half of the sign-in is set. Set both, or none for a server that asks for none.");
        }

        if (options is { Security: EmailSecurity.None, User: not null } && !IsLoopback(options.Host))
        {
            reader.Reject("Email:Security", $"'None' would send the password in clear to {options.Host}. Use StartTls or Tls, or remove Email:User and Email:Password.");
        }
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
