using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

/// <summary>What holds for every ticketing system, through the whole receiver: a notification comes in, a technician sees it.</summary>
public abstract class TicketingContract
{
    private static readonly (string Customer, string Server)[] Names =
    [
        ("O'Brien & Söhne", "FS'01"),
        ("\"Quoted\"", "FS\"01"),
        ("back\\slash\\", "FS01\\"),
        ("顧客 клиент", "サーバー01"),
        ("' OR 1=1 -- ", "x' OR Status='open"),
        ("\" OR key is not EMPTY OR summary ~ \"", "x\" OR project = \"OTHER"),
        ("Contoso^ORactive=true", "x^NQpriority=1"),
        ("Contoso\r\nBcc: everyone@example.com", "FS01\r\n\r\nMAIL FROM:<x>"),
        ("%COMPUTERNAME%", "{{server}} ${server} $(id)"),
        ("<script>alert(1)</script>", "<b>FS01</b>"),
        (new string('c', 300), new string('s', 300)),
        (string.Concat(Enumerable.Repeat("👩‍🚒", 300)), string.Concat(Enumerable.Repeat("é", 300))),
    ];

    /// <summary>How many servers' notifications meet failing requests; fewer where a real system is slow.</summary>
    private protected virtual int Servers => 30;

    /// <summary>How long a receiver waits for an answer that never comes: short, and yet always enough for the others.</summary>
    private protected virtual TimeSpan ShortTimeout => TimeSpan.FromSeconds(2);

    /// <summary>Starts the ticketing system.</summary>
    private protected abstract Task<ITicketingFixture> StartAsync();

    [Fact]
    public async Task The_first_firing_opens_a_ticket_with_the_prescribed_text_and_each_later_one_adds_a_note_that_says_what_is_new()
    {
        await using var fixture = await StartAsync();
        await using var receiver = await ReceiverAsync(fixture);

        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "12"));
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "3"), ("192.168.1.7", "1"));
        await SendAsync(receiver, "Contoso", "FS01", ("192.168.1.214", "4"));
        await DeliveredAsync(receiver);

        var ticket = Assert.Single(await fixture.TicketsAsync());
        Assert.Equal("SMB1 Traffic Detected on FS01", ticket.Subject);
        Assert.Equal(Text("Contoso", "FS01", ("192.168.1.214", 12)), ticket.Body);
        Assert.Equal(2, ticket.Notes.Count);
        Assert.StartsWith("New client since the last entry: 192.168.1.7.\n\n" + Text("Contoso", "FS01", ("192.168.1.214", 3), ("192.168.1.7", 1)), ticket.Notes[0], StringComparison.Ordinal);
        Assert.StartsWith(Text("Contoso", "FS01", ("192.168.1.214", 4)), ticket.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_customer_and_server_has_a_ticket_of_its_own_and_an_unknown_customer_goes_to_the_catch_all_by_name()
    {
        await using var fixture = await StartAsync();
        await using var receiver = await ReceiverAsync(fixture);

        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Contoso", "FS02", ("10.0.0.1", "2"));
        await SendAsync(receiver, "Fabrikam", "FS01", ("10.0.0.1", "3"));
        await DeliveredAsync(receiver);

        var tickets = await fixture.TicketsAsync();
        Assert.Equal(
            [("1", fixture.Contoso), ("2", fixture.Contoso), ("3", fixture.CatchAll)],
            tickets.Select(ticket => (AttemptsIn(ticket.Body), ticket.Destination)).Order());
        Assert.Contains("Fabrikam", tickets.Single(ticket => AttemptsIn(ticket.Body) == "3").Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_can_be_any_text_and_reaches_no_other_ticket()
    {
        await using var fixture = await StartAsync();
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        foreach (var round in new[] { 100, 200 })
        {
            for (var name = 0; name < Names.Length; name++)
            {
                await SendAsync(receiver, Names[name].Customer, Names[name].Server, ("10.0.0.1", $"{round + name}"));
            }
        }

        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "2"));
        await DeliveredAsync(receiver);

        var tickets = await fixture.TicketsAsync();
        Assert.Equal(
            [.. Enumerable.Range(0, Names.Length).Select(name => $"{100 + name} {200 + name}").Prepend("1 2")], tickets.Select(EntriesOf).Order(StringComparer.Ordinal));
        Assert.All(tickets, ticket =>
        {
            Assert.InRange(ticket.Subject.Length, 1, fixture.LongestSubject);
            Assert.DoesNotContain('\n', ticket.Subject);
            Assert.DoesNotContain('\r', ticket.Subject);
        });
    }

    [Fact]
    public async Task A_text_that_is_too_long_for_the_system_is_cut_between_lines_and_says_so()
    {
        await using var fixture = await StartAsync();
        await using var receiver = await ReceiverAsync(fixture);
        var clients = Enumerable.Range(0, 2000).Select(client => ($"10.1.{client / 250}.{client % 250}", "5")).ToArray();
        await SendAsync(receiver, "Contoso", "FS01", clients);
        await SendAsync(receiver, "Contoso", "FS01", clients);
        await DeliveredAsync(receiver);

        var ticket = Assert.Single(await fixture.TicketsAsync());
        foreach (var text in ticket.Notes.Prepend(ticket.Body))
        {
            var lines = text.Split('\n').Where(line => line.StartsWith("10.1.", StringComparison.Ordinal)).ToList();
            Assert.All(lines, line => Assert.EndsWith(" UTC", line, StringComparison.Ordinal));
            Assert.True(lines.Count == 2000 || text.Contains("more lines, which this ticketing system has no room for", StringComparison.Ordinal));
        }

        Assert.Single(ticket.Notes);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public virtual Task Whichever_request_is_answered_with_a_status_of_failure_nothing_is_lost_and_nothing_doubled(int status) =>
        GoesWrongAsync(new Fault(FaultKind.Status, status));

    [Theory]
    [InlineData(FaultKind.Garbage)]
    [InlineData(FaultKind.Redirect)]
    [InlineData(FaultKind.HalfAnswer)]
    [InlineData(FaultKind.LostAnswer)]
    [InlineData(FaultKind.FalseFailure)]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Silence)]
    internal Task Whichever_request_goes_wrong_nothing_is_lost_and_nothing_doubled(FaultKind kind) => GoesWrongAsync(new Fault(kind));

    [Fact]
    public async Task With_a_third_of_all_requests_failing_every_server_has_one_ticket_and_every_note_once_in_order()
    {
        await using var fixture = await StartAsync();
        Fault[] all =
            [Fault.Of(500), Fault.Of(503, "0"), new(FaultKind.LostAnswer), new(FaultKind.FalseFailure), new(FaultKind.HalfAnswer), new(FaultKind.Cut), new(FaultKind.Garbage)];
        fixture.Faults.ByChance(0.3, seed: 1, [.. all.Where(fault => fixture.Excludes(fault.Kind) is null)]);
        await using var receiver = await ReceiverAsync(fixture);
        for (var entry = 1; entry <= 4; entry++)
        {
            for (var server = 0; server < Servers; server++)
            {
                await SendAsync(receiver, "Contoso", $"FS{server:00}", ("10.0.0.1", $"{entry}"));
            }
        }

        await DeliveredAsync(receiver);

        Assert.Equal(Enumerable.Repeat("1 2 3 4", Servers), (await fixture.TicketsAsync()).Select(EntriesOf));
    }

    [Fact]
    public async Task A_system_that_is_down_from_the_start_gets_all_of_it_once_it_is_up()
    {
        await using var fixture = await StartAsync();
        fixture.Faults.Always(new Fault(FaultKind.Cut));
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "2"));
        await SendAsync(receiver, "Fabrikam", "FS01", ("10.0.0.1", "3"));
        await Eventually.TrueAsync(() => receiver.LogText.Contains(fixture.ToldWhenDown, StringComparison.Ordinal), "that it is down is told");
        Assert.Equal("3", await receiver.Client.MetricAsync("smb1_ticket_outbox_pending"));

        fixture.Faults.None();
        await DeliveredAsync(receiver);
        Assert.Equal(["1 2", "3"], (await fixture.TicketsAsync()).Select(EntriesOf).Order());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    public async Task What_is_refused_for_good_is_set_aside_with_the_answer_and_can_be_sent_again_or_dropped(int status)
    {
        await using var fixture = await StartAsync();
        Assert.SkipUnless(fixture.Refuses, "the system refuses nothing for good");
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        fixture.Faults.Use((request, _) => HttpMethods.IsGet(request.Method) ? null : Fault.Of(status));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Contoso", "FS02", ("10.0.0.1", "2"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "2", "both set aside");

        var page = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains($"fault {status}", page, StringComparison.Ordinal);
        Assert.Contains("The whole answer", page, StringComparison.Ordinal);
        AssertNoSecretIn(receiver, fixture, page);

        fixture.Faults.None();
        using var again = await receiver.Client.PostAsync("/deliveries/1/again", null, TestContext.Current.CancellationToken);
        using var drop = await receiver.Client.PostAsync("/deliveries/2/drop", null, TestContext.Current.CancellationToken);
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "0", "nothing set aside");
        await DeliveredAsync(receiver);
        Assert.Equal("1", EntriesOf(Assert.Single(await fixture.TicketsAsync())));
    }

    [Fact]
    public async Task A_system_that_asks_for_time_gets_it()
    {
        await using var fixture = await StartAsync();
        Assert.SkipUnless(fixture.AsksForTime, "the system has no answer that says when to come again");
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        fixture.Faults.Always(Fault.Of(429, "3600"));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await Eventually.TrueAsync(() => receiver.LogText.Contains("Next attempt in 3600 s", StringComparison.Ordinal), "the time it asked for");
        await SendAsync(receiver, "Contoso", "FS02", ("10.0.0.1", "1"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), value => value == "2", "both wait");

        Assert.Equal(1, fixture.Faults.Requests);
    }

    /// <summary>Starts a receiver that uses the system and tries again quickly.</summary>
    private protected static Task<RunningReceiver> ReceiverAsync(ITicketingFixture fixture, params (string Key, string Value)[] settings) =>
        RunningReceiver.StartAsync(
            services =>
            {
                services.AddSingleton(new RetryPace(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200)));
                fixture.Adapt(services);
            },
            [.. fixture.Settings.Where(setting => settings.All(other => other.Key != setting.Key)), .. settings]);

    private protected static async Task SendAsync(
        RunningReceiver receiver, string customer, string server, params (string Client, string Attempts)[] clients)
    {
        using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing(customer, server, clients));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Waits until nothing waits, and the system is known to be usable.</summary>
    private protected static async Task DeliveredAsync(RunningReceiver receiver)
    {
        await Eventually.GetAsync(
            async () => (await receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), await receiver.Client.MetricAsync("smb1_ticket_system_usable")),
            found => found == ("0", "1"),
            $"all delivered. The log:\n{receiver.LogText}",
            TimeSpan.FromSeconds(120));
        Assert.Equal("0", await receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"));
    }

    /// <summary>The attempts of a ticket's text and notes, in their order.</summary>
    private protected static string EntriesOf(SeenTicket ticket) => string.Join(' ', ticket.Notes.Prepend(ticket.Body).Select(AttemptsIn));

    private protected static string AttemptsIn(string text)
    {
        var line = text.Split('\n').Single(line => line.StartsWith("10.0.0.1: ", StringComparison.Ordinal));
        return line["10.0.0.1: ".Length..].Split(' ')[0];
    }

    private async Task GoesWrongAsync(Fault fault)
    {
        await using var fixture = await StartAsync();
        SkipWhenExcluded(fixture, fault.Kind);

        // Only where an answer never comes is one waited for in vain: a slow machine may take its time for the others.
        (string, string)[] timeout = fault.Kind == FaultKind.Silence ? [("Receiver:RequestTimeout", ShortTimeout.ToString())] : [];
        await using var receiver = await ReceiverAsync(fixture, timeout);
        await DeliveredAsync(receiver);
        var number = 0;
        for (var reached = true; reached; number++)
        {
            // From its first request to the last, each one of a delivery goes wrong once, for a new server each time.
            var server = $"FS{number:00}";
            fixture.Faults.At(number, fault);
            await SendAsync(receiver, "Contoso", server, ("10.0.0.1", "1"));
            await SendAsync(receiver, "Contoso", server, ("10.0.0.1", "2"));
            await DeliveredAsync(receiver);
            reached = fixture.Faults.Requests > number && number < 20;
        }

        Assert.InRange(number, 2, 20);
        var tickets = await fixture.TicketsAsync();
        Assert.Equal(Enumerable.Repeat("1 2", number), tickets.Select(EntriesOf));
        AssertNoSecretIn(receiver, fixture);
    }

    private static void SkipWhenExcluded(ITicketingFixture fixture, FaultKind kind)
    {
        var why = fixture.Excludes(kind);
        Assert.SkipWhen(why is not null, why ?? "");
    }

    private protected static void AssertNoSecretIn(RunningReceiver receiver, ITicketingFixture fixture, string page = "") =>
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, receiver.LogText + page, StringComparison.Ordinal));

    private static string Text(string customer, string server, params (string Client, int Attempts)[] clients)
    {
        var last = Payloads.Sample()["alerts"]![0]!["annotations"]!["last_seen"]!.GetValue<string>();
        var time = DateTimeOffset.Parse(last, CultureInfo.InvariantCulture).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var lines = clients.Select(client =>
            $"{client.Client}: {client.Attempts} SMB1 connection attempt{(client.Attempts == 1 ? "" : "s")}, last at {time} UTC");
        return $"SMB1 Traffic detected on {customer}\\{server} in the past 1 hour.\nDetails:\n{string.Join('\n', lines)}";
    }
}
