using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MimeKit;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The receiver as a process, a real mail server, and the mail gateway of a real Request Tracker.</summary>
public sealed class EmailTests : IDisposable
{
    private const string MailGateway = "/usr/bin/rt-mailgate-5";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_real_mail_server_gets_the_prescribed_text_byte_for_byte_and_the_thread()
    {
        Assert.SkipWhen(SmtpServer.Missing is not null, $"{SmtpServer.Missing}");
        await using var server = await SmtpServer.StartAsync(_folder["mails"]);
        await using var receiver = await StartAsync(server);
        await SendAsync(receiver, "Contoso", "FS01", "12");
        await SendAsync(receiver, "Contoso", "FS01", "1");

        var mails = await MailsAsync(server, 2);
        Assert.Equal(Text("Contoso", "FS01", "12 SMB1 connection attempts"), mails[0].TextBody);
        Assert.Equal(Text("Contoso", "FS01", "1 SMB1 connection attempt"), mails[1].TextBody);
        Assert.Equal("SMB1 Traffic Detected on FS01", mails[0].Subject);
        Assert.Equal("Re: SMB1 Traffic Detected on FS01", mails[1].Subject);
        Assert.Equal("desk@example.com", mails[0].To.ToString());
        Assert.Equal("smb1@msp.example", mails[0].Headers["X-MailFrom"]);
        Assert.Equal("desk@example.com", mails[0].Headers["X-RcptTo"]);
        Assert.Equal(mails[0].MessageId, mails[1].InReplyTo);
        Assert.Equal(mails[0].MessageId, Assert.Single(mails[1].References));
        Assert.EndsWith("@msp.example", mails[0].MessageId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("O'Brien & \"Söhne\"", "FS\"01\\")]
    [InlineData("顧客 клиент 👩‍🚒", "サーバー01")]
    [InlineData("Contoso\r\nBcc: everyone@example.com", "FS01\r\n.\r\nMAIL FROM:<x@example.com>")]
    [InlineData("=?utf-8?q?x?=", "<b>FS01</b>")]
    public async Task Any_name_arrives_and_forges_nothing(string customer, string name)
    {
        Assert.SkipWhen(SmtpServer.Missing is not null, $"{SmtpServer.Missing}");
        await using var server = await SmtpServer.StartAsync(_folder["mails"]);
        await using var receiver = await StartAsync(server);
        await SendAsync(receiver, customer, name, "1");

        var mail = Assert.Single(await MailsAsync(server, 1));
        Assert.Equal(Text(OneLine(customer), OneLine(name), "1 SMB1 connection attempt"), mail.TextBody);
        Assert.Equal($"SMB1 Traffic Detected on {OneLine(name)}", mail.Subject);
        Assert.Empty(mail.Bcc);
        Assert.Equal("desk@example.com", mail.Headers["X-RcptTo"]);
    }

    [Fact]
    public async Task A_real_mail_server_is_reached_through_STARTTLS_with_a_private_certificate()
    {
        Assert.SkipWhen(SmtpServer.Missing is not null, $"{SmtpServer.Missing}");
        WriteCertificate();
        await using var server = await SmtpServer.StartAsync(_folder["mails"], "--tlscert", _folder["certificate.pem"], "--tlskey", _folder["key.pem"]);
        await using (var stranger = await StartAsync(server, "--Receiver:Email:Security=StartTls"))
        {
            await Eventually.TrueAsync(() => stranger.Process.Output.Contains("is not trusted", StringComparison.Ordinal), "the certificate is told");
            Assert.Contains("Receiver:CaFile", stranger.Process.Output, StringComparison.Ordinal);
        }

        await using var receiver = await StartAsync(server, "--Receiver:Email:Security=StartTls", $"--Receiver:CaFile={_folder["certificate.pem"]}");
        await SendAsync(receiver, "Contoso", "FS01", "1");
        Assert.Single(await MailsAsync(server, 1));
    }

    [Fact]
    public async Task Request_Tracker_adds_to_the_open_ticket_and_opens_a_new_one_after_it_was_closed()
    {
        Assert.SkipWhen(SmtpServer.Missing is not null, $"{SmtpServer.Missing}");
        Assert.SkipWhen(RequestTrackerServer.Missing is not null, $"{RequestTrackerServer.Missing}");
        Assert.SkipUnless(File.Exists(MailGateway), "needs Debian's rt5-clients");
        await using var server = await SmtpServer.StartAsync(_folder["mails"]);
        await using var receiver = await StartAsync(server);
        await SendAsync(receiver, "顧客 \"клиент\"", "サーバー01", "1");
        await SendAsync(receiver, "Contoso", "FS02", "1");
        await MailsAsync(server, 2);
        for (var attempts = 2; attempts <= 5; attempts++)
        {
            await SendAsync(receiver, "顧客 \"клиент\"", "サーバー01", $"{attempts}");
            await MailsAsync(server, attempts + 1);
        }

        await using var tracker = await StartRequestTrackerAsync();
        var mails = server.Mails.Select(file => (File: file, Mail: MimeMessage.Load(file))).ToList();
        var of01 = mails.Where(mail => mail.Mail.Subject!.EndsWith("サーバー01", StringComparison.Ordinal)).Select(mail => mail.File).ToList();
        var of02 = Assert.Single(mails, mail => mail.Mail.Subject!.EndsWith("FS02", StringComparison.Ordinal)).File;
        await FeedAsync(tracker, of01[0], of02, of01[1], of01[2], of01[1], of01[0]);
        var first = (await tracker.TicketsAsync()).Single(ticket => ticket.Subject.Contains("サーバー01", StringComparison.Ordinal));
        Assert.Equal("SMB1 Traffic Detected on サーバー01", first.Subject);
        Assert.Equal(["1 SMB1 connection attempt", "2 SMB1 connection attempts", "3 SMB1 connection attempts"], first.Texts.Select(AttemptsIn));
        Assert.Equal(Text("顧客 \"клиент\"", "サーバー01", "1 SMB1 connection attempt"), first.Texts[0]);

        await tracker.ResolveAsync(first.Id);
        await FeedAsync(tracker, of01[3], of01[4], of01[3]);
        var all = await tracker.TicketsAsync();
        Assert.Equal(3, all.Count);
        Assert.Equal("resolved", all.Single(ticket => ticket.Id == first.Id).Status);
        Assert.Equal(3, all.Single(ticket => ticket.Id == first.Id).Texts.Count(IsOurs));
        Assert.Equal(["4 SMB1 connection attempts", "5 SMB1 connection attempts"], all[^1].Texts.Where(IsOurs).Select(AttemptsIn));
    }

    private Task<ReceiverProcess> StartAsync(SmtpServer server, params IEnumerable<string> arguments) => ReceiverProcess.StartAsync(
        _folder.Path,
        [
            "--Receiver:TicketingSystem=Email",
            "--Receiver:Email:Host=127.0.0.1",
            $"--Receiver:Email:Port={server.Port}",
            "--Receiver:Email:Security=None",
            "--Receiver:Email:From=smb1@msp.example",
            "--Receiver:CatchAll:Contact=desk@example.com",
            .. arguments,
        ]);

    // As its administrators install it, see the guide.
    private async Task<RequestTrackerServer> StartRequestTrackerAsync()
    {
        var folder = Directory.CreateDirectory(_folder["rt"]).FullName;
        var library = Directory.CreateDirectory(Path.Combine(folder, "lib", "RT", "Interface", "Email")).FullName;
        File.Copy(
            Repository.PathOf("src", "Smb1Exporter.TicketReceiver", "Ticketing", "Email", "RequestTracker", "Smb1Thread.pm"),
            Path.Combine(library, "Smb1Thread.pm"));
        var settings = Directory.CreateDirectory(Path.Combine(folder, "no-more-settings")).FullName;
        await File.WriteAllTextAsync(Path.Combine(settings, "mail.pm"), "Set(@MailPlugins, 'Smb1Thread');\n1;\n");
        var tracker = await RequestTrackerServer.StartAsync(folder, Path.Combine(folder, "lib"));
        var rights = Path.Combine(folder, "rights.pl");
        await File.WriteAllTextAsync(
            rights, "@ACL = ({ GroupDomain => 'SystemInternal', GroupType => 'Everyone', Right => ['CreateTicket', 'ReplyToTicket'] });\n1;\n");
        await using var granted = await ChildProcess.RunAsync(
            "rt-setup-database-5",
            ["--force", "--action", "insert", "--datafile", rights],
            environment: new Dictionary<string, string?> { ["RT_SITE_CONFIG"] = Path.Combine(folder, "RT_SiteConfig.pm"), ["RT_SITE_CONFIG_DIR"] = settings });
        Assert.True(granted.ExitCode == 0, granted.Output);
        return tracker;
    }

    private static async Task FeedAsync(RequestTrackerServer tracker, params IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            await using var gateway = await ChildProcess.RunAsync(
                "sh", ["-c", $"exec {MailGateway} --debug --queue Alerts --action correspond --url \"$1\" <\"$0\"", file, tracker.Address.ToString()]);
            Assert.True(gateway.ExitCode == 0, $"{gateway.Output}\n{tracker.Process.Output}");
            Assert.Contains("ok", gateway.Output, StringComparison.Ordinal);
        }
    }

    private static async Task SendAsync(ReceiverProcess receiver, string customer, string server, string attempts)
    {
        var payload = JsonNode.Parse(Samples.Read("alertmanager-webhook.json"))!;
        var alert = payload["alerts"]![0]!.DeepClone();
        alert["labels"]!["customer"] = customer;
        alert["labels"]!["host_name"] = server;
        alert["labels"]!["client_address"] = "10.0.0.1";
        alert["annotations"]!["attempts"] = attempts;
        alert["annotations"]!["last_seen"] = "2026-11-23T03:40:36Z";
        payload["alerts"] = new JsonArray(alert);
        using var content = new StringContent(payload.ToJsonString(), null, "application/json");
        using var response = await receiver.Http.PostAsync("/alerts", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<IReadOnlyList<MimeMessage>> MailsAsync(SmtpServer server, int count)
    {
        var files = await Eventually.GetAsync(() => Task.FromResult(server.Mails), mails => mails.Count >= count, $"{count} mails arrive");
        return [.. files.Select(file => MimeMessage.Load(file))];
    }

    private static string Text(string customer, string server, string attempts) =>
        $"SMB1 Traffic detected on {customer}\\{server} in the past 1 hour.\nDetails:\n10.0.0.1: {attempts}, last at 2026-11-23 03:40:36 UTC";

    // Beside them are the mails that Request Tracker itself sent.
    private static bool IsOurs(string text) => text.StartsWith("SMB1 Traffic detected", StringComparison.Ordinal);

    private static string AttemptsIn(string text) => text.Split('\n').Single(line => line.StartsWith("10.0.0.1: ", StringComparison.Ordinal))["10.0.0.1: ".Length..].Split(',')[0];

    // Line breaks of names become the sign for what cannot be shown.
    private static string OneLine(string name) => string.Concat(name.Select(character => char.IsControl(character) || character == '\u200D' ? '\uFFFD' : character));

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mail.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        File.WriteAllText(_folder["certificate.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
    }
}
