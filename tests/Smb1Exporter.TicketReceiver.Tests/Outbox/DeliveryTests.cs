using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Outbox;

public sealed class DeliveryTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));
    private readonly WatchedClock _clock;

    public DeliveryTests() => _clock = new WatchedClock(_time);

    [Fact]
    public async Task What_fails_is_tried_again_in_order_and_holds_up_its_own_server_only()
    {
        var ticketing = new FakeTicketing((message, attempt) => message.Server == "FS01" && attempt <= 3
            ? throw new HttpRequestException("connection refused")
            : new TicketingOutcome.Done(message.Server));
        await using var receiver = await StartAsync(ticketing);
        await SendAsync(receiver, "FS01", "1", "2");
        await Eventually.TrueAsync(() => ticketing.Attempts > 0, "the first attempt");
        await SendAsync(receiver, "FS02", "1");

        await Eventually.TrueAsync(() => ticketing.Accepted.Any(message => message.Server == "FS02"), "the other server's accepted");
        Assert.Equal(2, ticketing.Attempts);
        await BackOffAsync(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => ticketing.Attempts == 3, "the second attempt");
        await BackOffAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => ticketing.Accepted.Count() == 3, "all accepted");

        Assert.Equal(["1", "2"], ticketing.Accepted.Where(message => message.Server == "FS01").Select(AttemptsIn));
        Assert.Contains(@"Ticket for Contoso\FS01 not delivered: connection refused Next attempt in", receiver.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_shows_on_the_page_and_in_the_metrics_with_its_age()
    {
        var open = false;
        var ticketing = new FakeTicketing((message, _) =>
            Volatile.Read(ref open) ? new TicketingOutcome.Done("7") : new TicketingOutcome.RetryLater("maintenance <b>until</b> noon"));
        await using var receiver = await StartAsync(ticketing);
        Assert.Equal("0", await receiver.Client.MetricAsync("smb1_ticket_outbox_oldest_timestamp_seconds"));
        await SendAsync(receiver, "FS01", "1", "2");
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_total{result=\"failed\"}"), value => value != "0", "a failure");

        Assert.Equal("2", await receiver.Client.MetricAsync("smb1_ticket_outbox_pending"));
        Assert.Equal(
            _time.Start.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
            await receiver.Client.MetricAsync("smb1_ticket_outbox_oldest_timestamp_seconds"));
        var page = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("Waiting for delivery: 2", page, StringComparison.Ordinal);
        Assert.Contains("maintenance &lt;b&gt;until&lt;/b&gt; noon", page, StringComparison.Ordinal);

        Volatile.Write(ref open, true);
        await BackOffAsync(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), value => value == "0", "all delivered");
        Assert.Equal("0", await receiver.Client.MetricAsync("smb1_ticket_outbox_oldest_timestamp_seconds"));
    }

    [Fact]
    public async Task What_is_refused_for_good_is_set_aside_lets_the_next_pass_and_can_be_sent_again()
    {
        var mended = false;
        var ticketing = new FakeTicketing((message, _) => AttemptsIn(message) == "1" && !Volatile.Read(ref mended)
            ? new TicketingOutcome.Refused("no such queue")
            : new TicketingOutcome.Done("7"));
        await using var receiver = await StartAsync(ticketing);
        await SendAsync(receiver, "FS01", "1", "2");
        await Eventually.TrueAsync(() => ticketing.Accepted.Any(), "the second accepted");

        Assert.Equal("2", AttemptsIn(ticketing.Accepted.Single()));
        Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"));
        var page = await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.Contains("no such queue", page, StringComparison.Ordinal);
        Assert.Contains("action=\"/deliveries/1/again\"", page, StringComparison.Ordinal);

        Volatile.Write(ref mended, true);
        using var again = await receiver.Client.PostAsync("/deliveries/1/again", null, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => ticketing.Accepted.Count() == 2, "the first accepted");
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "0", "nothing set aside");
    }

    [Theory]
    [InlineData("Continuous", 3)]
    [InlineData("OnChange", 1)]
    [InlineData("Once", 0)]
    public async Task Repeat_says_when_the_open_ticket_gets_a_note(string repeat, int notes)
    {
        await using var receiver = await RunningReceiver.StartAsync(("Receiver:Repeat", repeat));
        using var first = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS01", ("10.0.0.1", "1")));
        using var more = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS01", ("10.0.0.1", "2")));
        using var other = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS01", ("10.0.0.1", "2"), ("10.0.0.2", "1")));
        using var again = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS01", ("10.0.0.2", "5")));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_outbox_pending"), value => value == "0", "all delivered");

        Assert.Equal(notes, Assert.Single(await receiver.Client.TicketsAsync()).Notes.Count);
    }

    private Task<RunningReceiver> StartAsync(ITicketingSystem ticketing) =>
        RunningReceiver.StartAsync(services => services.AddSingleton(ticketing).AddSingleton<TimeProvider>(_clock));

    /// <summary>Waits until a lane sleeps for a time in this range, and lets the longest of it pass.</summary>
    private async Task BackOffAsync(TimeSpan least, TimeSpan most)
    {
        await Eventually.TrueAsync(
            () => _clock.Armed.Any(time => time >= least && time <= most), $"a lane waits {least} to {most}; timers are {string.Join(", ", _clock.Armed)}");
        _time.Advance(most);
    }

    private static async Task SendAsync(RunningReceiver receiver, string server, params string[] attempts)
    {
        foreach (var number in attempts)
        {
            using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", server, ("10.0.0.1", number)));
            response.EnsureSuccessStatusCode();
        }
    }

    private static string AttemptsIn(TicketMessage message) => message.Body.Split(": ")[^1].Split(' ')[0];
}
