using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Fakes;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Habits of mail servers and relays between the receiver and a service desk.</summary>
public sealed partial class MailServerTests
{
    [FieldFact("the relays of most networks leave Message-ID alone")]
    public async Task A_server_has_one_ticket_behind_a_relay_that_keeps_Message_IDs()
    {
        await using var site = new Site();
        var mail = site.Own(new FakeMailServer());

        await SendThreeFiringsAsync(site, mail);

        Assert.Single(mail.Desk.Tickets.Select(ticket => ticket.First.Subject));
    }

    [FieldFact("freescout#123, twenty#25884, odoo#280971, e2a#498: Amazon SES and some gateways give each mail another Message-ID")]
    public async Task A_server_has_one_ticket_behind_a_relay_that_renames_mails_or_it_is_told()
    {
        await using var site = new Site();
        var mail = site.Own(new FakeMailServer { RenamesMails = true });

        var receiver = await SendThreeFiringsAsync(site, mail);

        Assert.True(
            mail.Desk.Tickets.Count == 1 || TellsOfThreads.IsMatch(receiver.Process.Output),
            $"{mail.Desk.Tickets.Count} tickets of one server, without a word");
    }

    [FieldFact("postgrey and postscreen: 451 at first sight of a recipient, 421 at the second mail of a connection")]
    public async Task Greylisting_delays_mails_but_neither_loses_nor_doubles_one()
    {
        await using var site = new Site();
        var mail = site.Own(new FakeMailServer { Greylisting = TimeSpan.FromSeconds(3), TakesOneMailPerConnection = true });
        var receiver = await site.ReceiverAsync(
            [.. SettingsFor(mail), "--Receiver:Customers:0:Customer=Contoso", "--Receiver:Customers:0:Contact=contoso@msp.example"]);

        string[] servers = ["FS01", "FS02", "FS03"];
        foreach (var server in servers)
        {
            await receiver.NotifyAsync(server, attempts: 1);
            await receiver.NotifyAsync(server, attempts: 2);
        }

        var scrape = await receiver.ThenAllIsDeliveredAsync();
        Assert.Equal(0, scrape.ValueOf("smb1_ticket_deliveries_set_aside"));
        Assert.Equal(
            servers.Select(server => (Subject: $"SMB1 Traffic Detected on {server}", Mails: 2)),
            mail.Desk.Tickets.Select(ticket => (Subject: ticket.First.Subject!, Mails: ticket.Mails.Count)).Order());
        Assert.NotEmpty(mail.Refusals);
    }

    [FieldFact("MailKit#1436 #704, bitwarden/server#164, deltachat-core#223: Postfix with reject_non_fqdn_helo_hostname")]
    public async Task A_mail_arrives_where_the_server_wants_a_full_name_in_EHLO()
    {
        await using var site = new Site();
        var machine = await Machine.CreateAsync(site.Folder, "monitor");
        var mail = site.Own(new FakeMailServer { WantsFullName = true });
        var receiver = site.Own(await ReceiverProcess.LaunchAsync(
            site.Subfolder("receiver"), arguments => machine.Start(Programs.Receiver, arguments), SettingsFor(mail)));

        await receiver.NotifyAsync("FS01", attempts: 2);

        await Then.SoonAsync(
            () => Task.FromResult(mail.Mails),
            mails => mails == 1,
            "the mail arrives",
            mails => $"{mails} mails after {mail.Commands.FirstOrDefault()}. The log ends: {receiver.LastLine()}");
    }

    [FieldFact("providers and customers with letters beyond ASCII in their domain, a mail server without SMTPUTF8")]
    public async Task Domains_and_names_beyond_ASCII_arrive_whole()
    {
        const string Customer = "Müller שלום بازار 🏢";
        await using var site = new Site();
        var mail = site.Own(new FakeMailServer());
        var receiver = await site.ReceiverAsync(
        [
            .. SettingsFor(mail), "--Receiver:Email:From=Wächter <smb1@wächter.example>", "--Receiver:CatchAll:Contact=hilfe@müller.example",
            "--Receiver:SubjectTemplate=SMB1 %CLIENTNAME% %COMPUTERNAME%",
        ]);

        await receiver.NotifyAsync(Payloads.Firing(Customer, "FS01", ("10.7.0.9", "2")));

        await Then.SoonAsync(() => Task.FromResult(mail.Mails), mails => mails == 1, "the mail arrives", _ => receiver.LastLine());
        var ticket = Assert.Single(mail.Desk.Tickets);
        Assert.Equal("hilfe@xn--mller-kva.example", ticket.Recipient);
        Assert.Equal($"SMB1 {Customer} FS01", ticket.First.Subject);
        Assert.StartsWith($"SMB1 Traffic detected on {Customer}\\FS01 ", ticket.First.TextBody, StringComparison.Ordinal);
        Assert.Equal("Wächter", Assert.Single(ticket.First.From).Name);
        Assert.Contains(mail.Commands, command => command.StartsWith("MAIL FROM:<smb1@xn--wchter-bua.example>", StringComparison.Ordinal));
    }

    private static IEnumerable<string> SettingsFor(FakeMailServer mail) =>
    [
        "--Receiver:TicketingSystem=Email",
        "--Receiver:Email:Host=127.0.0.1",
        $"--Receiver:Email:Port={mail.Port}",
        "--Receiver:Email:Security=None",
        "--Receiver:Email:From=smb1@msp.example",
        "--Receiver:CatchAll:Contact=desk@msp.example",
    ];

    /// <summary>Three notifications of one server, each of which makes a mail of its own.</summary>
    private static async Task<ReceiverProcess> SendThreeFiringsAsync(Site site, FakeMailServer mail)
    {
        var receiver = await site.ReceiverAsync(SettingsFor(mail));
        for (var firing = 1; firing <= 3; firing++)
        {
            await receiver.NotifyAsync("FS01", attempts: firing);
            await Eventually.TrueAsync(() => mail.Mails == firing, $"{firing} mails have come");
        }

        return receiver;
    }

    [GeneratedRegex("message-id|thread", RegexOptions.IgnoreCase)]
    private static partial Regex TellsOfThreads { get; }
}
