using System.Globalization;
using System.Text.Json.Nodes;
using Smb1Exporter.EndToEnd.Tests.Fakes;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>A service desk behind the webhook: which customer's queue, and what stands in the way to it.</summary>
public sealed class WebhookDeskTests
{
    private const string CatchAll = "nobody looks here";

    [FieldFact("customers' names in other scripts than Latin")]
    public Task Tickets_go_to_the_queue_of_a_customer_with_any_script_in_its_name() =>
        GoToTheirQueuesAsync("Contoso", "Müller & Söhne", "شركة الأمل", "顧客株式会社");

    [FieldFact("kepano/defuddle#103, jsoup#1227, OmniRoute#12186: Persian and Kurdish need the zero width non-joiner, an emoji its joiner")]
    public Task Tickets_go_to_the_queue_of_a_customer_with_a_joiner_in_its_name() =>
        GoToTheirQueuesAsync("شرکت نرم\u200Cافزار پارس", "کۆمپانیای نه\u200Cورۆز", "Praxis \U0001F469\u200D\u2695\uFE0F Lind");

    [FieldFact("alertmanager#4918, FXinnovation/alertmanager-webhook-servicenow#24, jiralert: what stands between a receiver and a desk")]
    public async Task A_desk_on_a_bad_day_gets_each_ticket_once_and_the_silence_that_it_asks_for()
    {
        await using var site = new Site();
        var desk = await DeskAsync(site);
        Func<Fault>[] misfortunes =
        [
            () => new Fault(FaultKind.Redirect),
            () => new Fault(FaultKind.Garbage),
            () => Fault.Of(503, TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("R", CultureInfo.InvariantCulture)),
            () => Fault.Of(429, "2"),
            () => new Fault(FaultKind.Cut),
            () => Fault.Of(408),
            () => new Fault(FaultKind.HalfAnswer),
            () => new Fault(FaultKind.EmptyAnswer),
            () => Fault.Of(500),
        ];
        var posts = 0;
        desk.Faults.Use((request, _) =>
            request.Method == "POST" && posts++ is var post && post < misfortunes.Length ? misfortunes[post]() : null);
        var receiver = await site.ReceiverAsync(
        [
            .. SettingsFor(site, desk),
            "--Receiver:MaxParallelDeliveries=1", "--Receiver:RetryFirst=00:00:00.2", "--Receiver:RetryLongest=00:00:01",
        ]);

        string[] servers = ["FS01", "FS02", "FS03"];
        await receiver.NotifyAsync(Payloads.With([.. servers.Select(server => Payloads.Alert("Contoso", server, "10.7.0.9", "2"))]));

        var scrape = await receiver.ThenAllIsDeliveredAsync();
        Assert.Equal(0, scrape.ValueOf("smb1_ticket_deliveries_set_aside"));
        var tickets = desk.Tickets.Select(ticket => ServerOf(Assert.Single(ticket.Events)));
        Assert.Equal(servers, tickets.Order(StringComparer.Ordinal));
        var requests = desk.Seen.Where(request => request.Method == "POST").ToList();
        var afterAll = requests.Skip(misfortunes.Length).Select(request => ServerOf(JsonNode.Parse(request.Body)!)).ToList();
        Assert.InRange(afterAll.Count, servers.Length - 1, servers.Length);
        Assert.Distinct(afterAll);
        var keys = requests
            .Select(request => (Server: ServerOf(JsonNode.Parse(request.Body)!), Key: request.Headers["Idempotency-Key"].ToString()))
            .Distinct();
        Assert.Equal(servers, keys.Select(one => one.Server).Order(StringComparer.Ordinal));

        // The fourth was answered with 429 and Retry-After: 2, which holds for all deliveries.
        Assert.InRange(requests[4].At - requests[3].At, TimeSpan.FromSeconds(1.9), TimeSpan.MaxValue);
    }

    [FieldFact("AUTO-MAS#446, support-project/knowledge#505, pact_broker#191: http_proxy in the environment, for package updates")]
    public async Task The_machines_proxy_does_not_get_the_secret_of_a_desk_on_the_same_machine()
    {
        await using var site = new Site();
        var desk = await DeskAsync(site);
        var proxy = site.Own(new FakeProxy());
        await proxy.StartAsync();

        await using var check = await site.CheckReceiverAsync(Proxy(proxy.Address), SettingsFor(site, desk));

        Assert.Empty(proxy.Seen.Select(request =>
            $"{request.Method} {request.PathAndQuery}, with the secret: {request.Headers["X-Api-Key"] == desk.Secret}"));
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.NotEmpty(desk.Seen);
    }

    [FieldFact("AUTO-MAS#446, support-project/knowledge#505, pact_broker#191: the proxy in the environment is dead")]
    public async Task A_dead_proxy_of_the_machine_is_not_taken_for_a_fault_of_a_desk_on_the_same_machine()
    {
        await using var site = new Site();
        var desk = await DeskAsync(site);
        var nobody = new Uri($"http://127.0.0.1:{FreePorts.Next()}");

        await using var check = await site.CheckReceiverAsync(Proxy(nobody), SettingsFor(site, desk));

        Assert.True(check.ExitCode == 0, check.Output);
    }

    private static async Task GoToTheirQueuesAsync(params string[] customers)
    {
        await using var site = new Site();
        var desk = await DeskAsync(site);
        var receiver = await site.ReceiverAsync(
        [
            .. SettingsFor(site, desk),
            $"--Receiver:CatchAll:Queue={CatchAll}",
            .. customers.SelectMany((customer, number) => (string[])
            [
                $"--Receiver:Customers:{number}:Customer={customer}", $"--Receiver:Customers:{number}:Queue=queue {number}",
            ]),
        ]);

        await receiver.NotifyAsync(Payloads.With(
            [.. customers.Select((customer, number) => Payloads.Alert(customer, $"FS{number}", "10.7.0.9", "2"))]));

        var tickets = await Then.SoonAsync(
            () => Task.FromResult(desk.Tickets), tickets => tickets.Count == customers.Length, "all tickets arrive", _ => receiver.LastLine());
        Assert.Equal(
            customers.Select((_, number) => $"FS{number}: queue {number}"),
            tickets.Select(ticket => $"{ServerOf(ticket.Events[0])}: {ticket.Events[0]["route"]!["queue"]}").Order(StringComparer.Ordinal));
    }

    private static async Task<FakeWebhook> DeskAsync(Site site)
    {
        var desk = site.Own(new FakeWebhook());
        await desk.StartAsync();
        await File.WriteAllTextAsync(site["secret"], desk.Secret, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(site["secret"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return desk;
    }

    private static IEnumerable<string> SettingsFor(Site site, FakeWebhook desk) =>
    [
        "--Receiver:TicketingSystem=Webhook",
        $"--Receiver:Webhook:Url={desk.Address}hooks/smb1",
        "--Receiver:Webhook:ReferencePath=/ticket/id",
        "--Receiver:Webhook:Headers:0:Name=X-Api-Key",
        $"--Receiver:Webhook:Headers:0:SecretFile={site["secret"]}",
    ];

    private static Dictionary<string, string?> Proxy(Uri address) =>
        new() { ["http_proxy"] = address.ToString(), ["HTTP_PROXY"] = address.ToString(), ["no_proxy"] = null, ["NO_PROXY"] = null };

    private static string ServerOf(JsonNode hook) => (string)hook["server"]!;
}
