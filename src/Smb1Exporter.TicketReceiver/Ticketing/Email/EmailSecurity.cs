namespace Smb1Exporter.TicketReceiver.Ticketing.Email;

/// <summary>How mail gets to the server; the values of <c>Receiver:Email:Security</c>. Certificates are verified in any case.</summary>
internal enum EmailSecurity
{
    /// <summary>The server must offer STARTTLS (RFC 3207), and nothing of a mail is sent before it. Port 587 by default.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314). Port 465 by default.</summary>
    Tls,

    /// <summary>In clear. Port 25 by default.</summary>
    None,
}
