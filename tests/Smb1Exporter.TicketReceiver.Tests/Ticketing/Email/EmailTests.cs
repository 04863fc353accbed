using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Email;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Email;

/// <summary>What is particular to mail: what a mail looks like, how it gets to a server, and what servers answer.</summary>
public sealed class EmailTests
{
    [Fact]
    public async Task A_mail_says_who_writes_what_it_is_about_and_to_which_thread_it_belongs()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:CatchAll:Priority", "low"), ("Receiver:Customers:0:Priority", "High"));
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await SendAsync(receiver, "Contoso", "FS01", "2");
        await SendAsync(receiver, "Fabrikam", "FS01", "3");
        await DeliveredAsync(receiver);

        var tickets = fixture.Server.Desk.Tickets.ToDictionary(ticket => ticket.Recipient);
        var first = tickets["contoso@example.com"].First;
        var note = tickets["contoso@example.com"].Mails[1];
        Assert.Equal("\"SMB1 monitor\" <smb1@msp.example>", first.From.ToString());
        Assert.Equal("contoso@example.com", first.To.ToString());
        Assert.Equal("SMB1 Traffic Detected on FS01", first.Subject);
        Assert.Matches("^smb1-[0-9a-f]{32}\\.[0-9a-f]{16}\\.[0-9a-f]{8}@msp\\.example$", first.MessageId);
        Assert.Equal(first.MessageId!.Split('.')[0], first.Headers["X-Smb1-Key"]);
        Assert.Equal(first.MessageId.Split('.')[1], first.Headers["X-Smb1-Delivery"]);
        Assert.Equal("auto-generated", first.Headers["Auto-Submitted"]);
        Assert.Null(first.Headers["Precedence"]);
        Assert.Null(first.InReplyTo);
        Assert.Empty(first.References);
        Assert.Equal("text/plain; charset=utf-8", first.Body!.Headers["Content-Type"]);
        Assert.Equal((MessageImportance.High, XMessagePriority.Highest), (first.Importance, first.XPriority));
        Assert.InRange(TimeProvider.System.GetUtcNow() - first.Date, TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(5));

        Assert.Equal("Re: SMB1 Traffic Detected on FS01", note.Subject);
        Assert.NotEqual(first.MessageId, note.MessageId);
        Assert.Equal(first.MessageId, note.InReplyTo);
        Assert.Equal([first.MessageId], note.References);
        Assert.Equal(first.Headers["X-Smb1-Key"], note.Headers["X-Smb1-Key"]);

        var other = tickets["desk@example.com"].First;
        Assert.Equal((MessageImportance.Low, XMessagePriority.Lowest), (other.Importance, other.XPriority));
    }

    [Fact]
    public async Task A_desk_that_takes_no_automatic_mail_gets_it_without_that_header()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:AutoSubmitted", "false"));
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await DeliveredAsync(receiver);

        Assert.Null(Assert.Single(fixture.Server.Desk.Tickets).First.Headers["Auto-Submitted"]);
    }

    [Theory]
    [InlineData("Contoso\r\nBcc: everyone@example.com", "FS01\r\n\r\nAnother body")]
    [InlineData("顧客 <a@b.example>", "=?utf-8?q?forged=0D=0ABcc:_x@y.example?=")]
    [InlineData(".", "FS01\n.\nMAIL FROM:<x@y.example>")]
    [InlineData("From me ", "\t")]
    public async Task Names_reach_the_text_as_they_are_and_no_header_or_command(string customer, string server)
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:BodyTemplate", "%CLIENTNAME%\n%COMPUTERNAME%\n.\n..\nFrom %RESULT% \n\tend"));
        await SendAsync(receiver, customer, server, "1");
        await DeliveredAsync(receiver);

        var mail = Assert.Single(Assert.Single(fixture.Server.Desk.Tickets).Mails);
        var expected = new[] { "From", "Date", "Subject", "Message-Id", "To", "Auto-Submitted", "X-Smb1-Key", "X-Smb1-Delivery", "MIME-Version" };
        Assert.Equal(expected, mail.Headers.Select(header => header.Field));
        Assert.All(mail.Headers, header => Assert.True(Encoding.UTF8.GetString(header.RawValue).All(char.IsAscii), header.Field));
        var lines = FakeDesk.TextOf(mail).Split('\n');
        Assert.Equal([".", "..", "\tend"], [lines[2], lines[3], lines[^1]]);
        Assert.EndsWith(" UTC ", lines[^2], StringComparison.Ordinal);
        Assert.DoesNotContain(fixture.Server.Seen, command => command.Contains("y.example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_customer_whose_mail_goes_elsewhere_from_now_on_begins_a_thread_there()
    {
        await using var fixture = new EmailFixture();
        using var folder = new TemporaryFolder();
        await DeliverOneAsync("contoso@example.com", "1");
        await DeliverOneAsync("desk@example.com", "2");
        await DeliverOneAsync("desk@example.com", "3");

        Assert.Equal(
            [("contoso@example.com", 1), ("desk@example.com", 2)],
            fixture.Server.Desk.Tickets.Select(ticket => (ticket.Recipient, ticket.Mails.Count)));

        async Task DeliverOneAsync(string contact, string attempts)
        {
            await using var receiver = await ReceiverAsync(
                fixture, ("Receiver:Database", folder["tickets.db"]), ("Receiver:Customers:0:Contact", contact));
            await SendAsync(receiver, "Contoso", "FS01", attempts);
            await DeliveredAsync(receiver);
        }
    }

    [Theory]
    [InlineData("smb1-00.0123456789abcdef.01234567@msp.example", true)]
    [InlineData("smb1-01.0123456789abcdef.01234567@msp.example", false)]
    [InlineData("smb1-0.0123456789abcdef.01234567@msp.example", false)]
    [InlineData("4711", false)]
    [InlineData("smb1-00", false)]
    [InlineData("smb1-00.0123456789abcdef.01234567@msp.example\nBcc: x@example.com", false)]
    public void Only_a_thread_of_the_same_server_goes_on(string known, bool goesOn) => Assert.Equal(goesOn, EmailThread.IsOf(known, "smb1-00"));

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Under_TLS_with_a_private_authority_all_but_the_greeting_is_encrypted(string security)
    {
        using var authority = new TestAuthority();
        using var intermediate = authority.Intermediate();
        var options = new FakeSmtpOptions { Certificate = intermediate.IssueWithChain(IPAddress.Loopback), TlsOnConnect = security == "Tls" };
        await using var fixture = new EmailFixture(options);
        await File.WriteAllTextAsync(fixture["ca.pem"], authority.Pem, TestContext.Current.CancellationToken);
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:Security", security), ("Receiver:CaFile", fixture["ca.pem"]));
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await DeliveredAsync(receiver);

        Assert.Single(fixture.Server.Desk.Tickets);
        Assert.All(
            fixture.Server.Seen,
            command => Assert.True(
                command.StartsWith("TLS ", StringComparison.Ordinal) || command == "STARTTLS" || command.StartsWith("EHLO", StringComparison.Ordinal), command));
    }

    [Theory]
    [InlineData("127.0.0.1", false, "Receiver:CaFile")]
    [InlineData("127.0.0.2", false, "is not for 127.0.0.1", "Receiver:Email:Host")]
    [InlineData("127.0.0.1", true, "expired on")]
    public async Task A_certificate_that_is_not_trusted_is_told_and_nothing_is_sent(string address, bool expired, params string[] told)
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        await using var fixture = new EmailFixture(new FakeSmtpOptions { Certificate = authority.IssueWithChain(IPAddress.Parse(address), expired) });
        await File.WriteAllTextAsync(fixture["ca.pem"], (told.Length == 1 && !expired ? other : authority).Pem, TestContext.Current.CancellationToken);
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:Security", "StartTls"), ("Receiver:CaFile", fixture["ca.pem"]));

        await ToldAsync(receiver, ["is not trusted", .. told]);
        Assert.DoesNotContain(fixture.Server.Seen, command => command.StartsWith("TLS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_private_authority_the_machines_authorities_decide()
    {
        using var authority = new TestAuthority();
        await using var fixture = new EmailFixture(new FakeSmtpOptions { Certificate = authority.IssueWithChain(IPAddress.Loopback) });
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:Security", "StartTls"));

        await ToldAsync(receiver, "is not trusted", "Receiver:CaFile");
    }

    [Fact]
    public async Task Without_STARTTLS_nothing_is_sent_in_clear()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:Security", "StartTls"));

        await ToldAsync(receiver, "offers no STARTTLS", "Receiver:Email:Security");
        Assert.All(fixture.Server.Seen, command => Assert.True(command.StartsWith("EHLO", StringComparison.Ordinal) || command == "QUIT", command));
    }

    [Fact]
    public async Task TLS_where_none_is_spoken_is_told()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture, ("Receiver:Email:Security", "Tls"), ("Receiver:RequestTimeout", "00:00:05"));

        await ToldAsync(receiver, "speaks no TLS", "Receiver:Email:Security");
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it_and_a_right_one_holds_at_once()
    {
        await using var fixture = new EmailFixture();
        var settings = fixture.Settings.ToArray();
        var file = fixture.PasswordFile("not this one");
        await using var receiver = await RunningReceiver.StartAsync(Quick, settings);

        await ToldAsync(receiver, "535", "Receiver:Email:Password");
        Assert.DoesNotContain("not this one", receiver.LogText, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String("\0smb1\0not this one"u8), receiver.LogText, StringComparison.Ordinal);

        await SendAsync(receiver, "Contoso", "FS01", "1");
        await File.WriteAllTextAsync(file, FakeSmtpOptions.Password, TestContext.Current.CancellationToken);
        await DeliveredAsync(receiver);
        Assert.Single(fixture.Server.Desk.Tickets);
    }

    [Theory]
    [InlineData("LOGIN")]
    [InlineData("XOAUTH2 PLAIN")]
    public async Task Any_offered_way_of_a_password_is_used(string mechanisms)
    {
        await using var fixture = new EmailFixture(new FakeSmtpOptions { Mechanisms = mechanisms, Pipelining = false, Size = null });
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await DeliveredAsync(receiver);

        Assert.Single(fixture.Server.Desk.Tickets);
    }

    [Fact]
    public async Task A_server_without_a_sign_in_is_told()
    {
        await using var fixture = new EmailFixture(new FakeSmtpOptions { Mechanisms = "" });
        await using var receiver = await ReceiverAsync(fixture);

        await ToldAsync(receiver, "offers no sign-in", "Receiver:Email:User");
    }

    [Fact]
    public async Task A_server_that_asks_for_a_sign_in_which_is_not_set_is_told()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await RunningReceiver.StartAsync(
            Quick, [.. fixture.Settings.Where(setting => setting.Key is not ("Receiver:Email:User" or "Receiver:Email:PasswordFile"))]);

        await ToldAsync(receiver, "530", "Receiver:Email:User");
    }

    [Fact]
    public async Task What_a_server_would_refuse_is_told_at_start_and_no_mail_is_sent()
    {
        await using var fixture = new EmailFixture();
        await using (var receiver = await ReceiverAsync(fixture, ("Receiver:Customers:0:Contact", "typo@example.com"), ("Receiver:CatchAll:Contact", "other@example.com")))
        {
            await ToldAsync(receiver, "Receiver:Customers (Contoso)", "'typo@example.com'", "550", "no such mailbox", "Receiver:CatchAll", "'other@example.com'");
        }

        await using (var receiver = await ReceiverAsync(fixture, ("Receiver:Email:From", "other@msp.example")))
        {
            await ToldAsync(receiver, "553", "may not send as other@msp.example", "Receiver:Email:From");
        }

        await using (var receiver = await ReceiverAsync(fixture, ("Receiver:Customers:0:Contact", "nobody, desk@example.com"), ("Receiver:CatchAll:Priority", "urgent")))
        {
            await ToldAsync(receiver, "Receiver:Customers (Contoso)", "is not one mail address", "Priority 'urgent'", "High, Normal and Low");
        }

        Assert.DoesNotContain(fixture.Server.Seen, command => command == "DATA");
    }

    [Theory]
    [InlineData("RCPT", "450 4.2.1 greylisted, come back in 5 minutes")]
    [InlineData("RCPT", "552 5.2.2 mailbox full")]
    [InlineData("RCPT", "550-5.2.2 mailbox full\r\n550 5.2.2 of desk")]
    [InlineData("MAIL", "451 4.3.0 later")]
    [InlineData("MAIL", "550 5.7.60 may not send as this sender")]
    [InlineData("EHLO HELO", "554 5.7.1 your address is blocked")]
    [InlineData("CONNECT", "554 no SMTP service here")]
    [InlineData("CONNECT", "SSH-2.0-OpenSSH_9.2", "does not speak SMTP")]
    [InlineData("DATA", "530 5.7.0 sign in first")]
    [InlineData(".", "421 4.3.2 shutting down")]
    [InlineData(".", "452 4.3.1 disk full")]
    [InlineData(".", "552 too much")]
    public async Task What_may_pass_is_tried_again(string commands, string answer, string? told = null)
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        fixture.Server.Answers = seen => commands.Split(' ').Contains(seen.Split(' ')[0]) ? answer : null;
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await Eventually.TrueAsync(() => receiver.LogText.Contains("not delivered", StringComparison.Ordinal), "the failure is told");
        Assert.Contains(told ?? answer.Split(' ')[^1], receiver.LogText, StringComparison.Ordinal);

        fixture.Server.Answers = _ => null;
        await DeliveredAsync(receiver);
        Assert.Single(Assert.Single(fixture.Server.Desk.Tickets).Mails);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 no such mailbox any more")]
    [InlineData("DATA", "554 5.7.1 not from you")]
    [InlineData(".", "550-5.7.1 this looks like spam\r\n550 5.7.1 https://mail.example/why")]
    [InlineData(".", "554 5.6.0 content")]
    [InlineData(".", "552 5.3.4 larger than allowed")]
    public async Task What_cannot_pass_is_set_aside_with_the_whole_answer(string command, string answer)
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        fixture.Server.Answers = seen => seen.Split(' ')[0] == command ? answer : null;
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "1", "set aside");

        var page = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains(answer.Split("\r\n")[^1].Split(' ')[^1], page, StringComparison.Ordinal);
        Assert.Empty(fixture.Server.Desk.Tickets);
    }

    [Fact]
    public async Task A_mail_that_is_too_large_for_the_server_is_refused_with_the_remedy()
    {
        await using var fixture = new EmailFixture(new FakeSmtpOptions { Size = 500 });
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "1", "set aside");

        await Eventually.TrueAsync(() => receiver.LogText.Contains("Receiver:Email:LongestText", StringComparison.Ordinal), "the remedy is told");
    }

    [Fact]
    public async Task A_mail_whose_answer_was_lost_is_sent_again_under_the_same_id()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        var lost = 0;
        fixture.Server.Faults.Use((request, _) => request.Path == "/." && lost++ < 3 ? new Fault(FaultKind.LostAnswer) : null);
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await DeliveredAsync(receiver);

        Assert.Single(Assert.Single(fixture.Server.Desk.Tickets).Mails);
        Assert.Equal(3, fixture.Server.Desk.Dropped);
        Assert.Contains("same Message-ID", receiver.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_say_goodbye_has_taken_the_mail_all_the_same()
    {
        await using var fixture = new EmailFixture();
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        fixture.Server.Faults.Use((request, _) => request.Path == "/QUIT" ? new Fault(FaultKind.Silence) : null);
        await SendAsync(receiver, "Contoso", "FS01", "1");
        await DeliveredAsync(receiver);

        Assert.DoesNotContain("not delivered", receiver.LogText, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Server.Desk.Dropped);
    }

    [Theory]
    [InlineData("Receiver:Email:Host", "", "Receiver:Email:Host: is missing")]
    [InlineData("Receiver:Email:Host", "mail example", "not a host name")]
    [InlineData("Receiver:Email:From", "", "Receiver:Email:From: is missing")]
    [InlineData("Receiver:Email:From", "smb1", "not one mail address")]
    [InlineData("Receiver:Email:From", "a@example.com, b@example.com", "not one mail address")]
    [InlineData("Receiver:Email:From", "mü@example.com", "not one mail address")]
    [InlineData("Receiver:Email:User", "", "Receiver:Email:User: is missing")]
    [InlineData("Receiver:Email:PasswordFile", "", "Receiver:Email:Password: is missing")]
    [InlineData("Receiver:Email:Host", "mail.example", "in clear to mail.example")]
    [InlineData("Receiver:Email:Port", "0", "Receiver:Email:Port")]
    [InlineData("Receiver:CatchAll:Contact", "", "Receiver:CatchAll:Contact: is missing")]
    [InlineData("Receiver:CatchAll:Queue", "Alerts", "Receiver:CatchAll:Queue: is not used by Email")]
    public async Task A_wrong_setting_stops_the_start(string key, string value, string told)
    {
        await using var fixture = new EmailFixture();
        var e = await Assert.ThrowsAsync<StartupException>(() => ReceiverAsync(fixture, (key, value)));

        Assert.Contains(told, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_preview_shows_both_mails_as_they_are_sent_and_no_secret()
    {
        var route = new TicketRoute(null, null, null, null, "desk@example.com");
        var options = new EmailOptions
        {
            Host = "mail.example",
            Port = 587,
            User = "smb1",
            Password = Secret.Of("Receiver:Email:Password", FakeSmtpOptions.Password),
            From = new MailboxAddress("", "smb1@msp.example"),
            LongestText = 1000,
        };
        using var services = new ServiceCollection().BuildServiceProvider();
        var system = options.Create(new TicketingContext(
            new CustomerRoutes(route, new Dictionary<string, TicketRoute>()),
            new TicketHttpFactory(null, TimeSpan.FromSeconds(30), TimeProvider.System),
            TimeProvider.System,
            services));
        var message = new TicketMessage(1, "0123456789abcdef", "smb1-00", "Contoso", "FS01", "Subject ü", "Text ü", route);
        var shown = system.Preview(message, message with { DeliveryId = "fedcba9876543210" }).ToList();

        Assert.Equal(2, shown.Count);
        Assert.StartsWith(
            "To mail.example:587 (StartTls, signed in as smb1)\nMAIL FROM:<smb1@msp.example>\nRCPT TO:<desk@example.com>\n\n", shown[0].Text, StringComparison.Ordinal);
        var mails = shown.Select(request => MimeMessage.Load(new MemoryStream(Encoding.ASCII.GetBytes(request.Text.Split("\n\n", 2)[1])))).ToList();
        Assert.Equal(("Subject ü", "Text ü", null), (mails[0].Subject, mails[0].TextBody, mails[0].InReplyTo));
        Assert.Equal(("Re: Subject ü", "Text ü", mails[0].MessageId), (mails[1].Subject, mails[1].TextBody, mails[1].InReplyTo));
        Assert.All(shown, request => Assert.DoesNotContain(FakeSmtpOptions.Password, request.Text, StringComparison.Ordinal));
    }

    private static Task<RunningReceiver> ReceiverAsync(EmailFixture fixture, params (string Key, string Value)[] settings) => RunningReceiver.StartAsync(
        Quick, [.. fixture.Settings.Where(setting => settings.All(other => other.Key != setting.Key)), .. settings]);

    private static void Quick(IServiceCollection services) =>
        services.AddSingleton(new RetryPace(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200)));

    private static async Task SendAsync(RunningReceiver receiver, string customer, string server, string attempts)
    {
        using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing(customer, server, ("10.0.0.1", attempts)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static Task<(string, string)> DeliveredAsync(RunningReceiver receiver) => Eventually.GetAsync(
        async () => (await receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), await receiver.Client.MetricAsync("smb1_ticket_system_usable")),
        found => found == ("0", "1"),
        $"all delivered. The log:\n{receiver.LogText}");

    private static async Task ToldAsync(RunningReceiver receiver, params string[] words)
    {
        await Eventually.TrueAsync(
            () => words.All(word => receiver.LogText.Contains(word, StringComparison.Ordinal)), $"told: {string.Join(", ", words)}. The log:\n{receiver.LogText}");
        Assert.Contains("No ticket can be delivered", receiver.LogText, StringComparison.Ordinal);
    }
}
