using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Tests.Ticketing.ConnectWise;

namespace Smb1Exporter.TicketReceiver.Tests;

/// <summary>
/// Many servers, two Alertmanagers that both send everything, a ticketing system of which every third answer fails and that dies twice, and
/// receivers that are killed again and again: still one ticket for each server, and each note once, in order.
/// </summary>
public class ScaleTests
{
    private const int EntriesPerServer = 3;
    private const int SendersPerAlertmanager = 24;

    private static readonly Fault[] Faults =
    [
        Fault.Of(500), Fault.Of(503), new(FaultKind.LostAnswer), new(FaultKind.FalseFailure), new(FaultKind.HalfAnswer), new(FaultKind.Cut),
    ];

    /// <summary>How many servers have alerts.</summary>
    protected virtual int Servers => 50;

    /// <summary>How often a receiver is killed.</summary>
    protected virtual int Kills => 5;

    private int All => Servers * EntriesPerServer;

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task On_a_file_of_SQLite()
    {
        using var folder = new TemporaryFolder();
        await RunAsync(1, [$"--Receiver:Database={folder["tickets.db"]}"]);
    }

    [Fact]
    public async Task With_two_receivers_on_PostgreSQL()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync(isDurable: true);
        using var database = await TestDatabase.CreateAsync(server);
        await RunAsync(2, [.. database.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
    }

    private async Task RunAsync(int receiverCount, IReadOnlyList<string> database)
    {
        await using var system = await ConnectWiseFixture.StartAsync();
        await using var gateway = new Gateway(system.Server.Address.Port);
        system.Server.Faults.ByChance(0.3, seed: 7, Faults);
        string[] arguments =
        [
            .. database,
            .. system.Settings.Select(setting => $"--{setting.Key}={setting.Value}"),
            $"--Receiver:ConnectWise:Url=http://127.0.0.1:{gateway.Port}",
            "--Receiver:RetryFirst=00:00:00.05",
            "--Receiver:RetryLongest=00:00:02",
            "--Receiver:RequestTimeout=00:00:02",
            "--Receiver:MaxParallelDeliveries=16",
            "--Logging:LogLevel:Default=Error",
        ];
        var receivers = Enumerable.Range(0, receiverCount).Select(_ => new Receiver(arguments)).ToList();
        try
        {
            await Task.WhenAll(receivers.Select(receiver => receiver.ReadyAsync()));
            var watch = Stopwatch.StartNew();
            var seed = RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine);
            var sending = Task.WhenAll(
                SendAllAsync("http://alertmanager-1:9093", seed, receivers), SendAllAsync("http://alertmanager-2:9093", seed ^ int.MinValue, receivers));
            var stored = sending.ContinueWith(_ => watch.Elapsed, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
            await TormentAsync(system, gateway, receivers, sending);
            await sending;
            await Eventually.GetAsync(
                () => Task.FromResult(Delivered(system)), delivered => delivered >= All, "all delivered", TimeSpan.FromSeconds(300));
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{All} notifications of {Servers} servers, each sent twice: stored after {(await stored).TotalSeconds:0.0} s, delivered after {watch.Elapsed.TotalSeconds:0.0} s, {system.Server.Faults.Requests} requests");
            await Eventually.GetAsync(
                () => receivers[0].Client.MetricAsync("smb1_ticket_outbox_pending"), pending => pending == "0", "nothing waits");

            Assert.Equal("0", await receivers[0].Client.MetricAsync("smb1_ticket_deliveries_set_aside"));
            var tickets = await system.TicketsAsync();
            Assert.Equal(Servers, tickets.Select(ticket => ticket.Subject).Distinct().Count());
            Assert.Equal(Servers, tickets.Count);
            var expected = string.Join(' ', Enumerable.Range(1, EntriesPerServer));
            var wrong = tickets.Where(ticket => string.Join(' ', ticket.Notes.Prepend(ticket.Body).Select(AttemptsIn)) != expected);
            Assert.Empty(wrong.Select(ticket => string.Join("\n---\n", ticket.Notes.Prepend(ticket.Body))));
        }
        finally
        {
            foreach (var receiver in receivers)
            {
                await receiver.DisposeAsync();
            }
        }
    }

    // The kills and the two outages fall evenly over all that is to be delivered.
    private async Task TormentAsync(ConnectWiseFixture system, Gateway gateway, List<Receiver> receivers, Task sending)
    {
        for (var kill = 1; kill <= Kills; kill++)
        {
            var enough = All * kill / (Kills + 1);
            await Eventually.TrueAsync(
                () => sending.IsFaulted || Delivered(system) >= enough, $"{enough} delivered", TimeSpan.FromSeconds(120));
            if (sending.IsFaulted)
            {
                return;
            }

            if (kill is 3 or 7)
            {
                await gateway.CloseAsync();
                await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
                gateway.Open();
            }

            await receivers[kill % receivers.Count].KillAndStartAsync();
        }
    }

    private Task SendAllAsync(string alertmanager, int seed, List<Receiver> receivers) => Parallel.ForEachAsync(
        Enumerable.Range(0, Servers),
        new ParallelOptions { MaxDegreeOfParallelism = SendersPerAlertmanager, CancellationToken = TestContext.Current.CancellationToken },
        async (server, _) =>
        {
            var random = new Random(unchecked(seed + server));
            for (var entry = 1; entry <= EntriesPerServer; entry++)
            {
                var payload = Payloads.Firing("Contoso", $"FS{server:0000}", ("10.0.0.1", $"{entry}"));
                payload["externalURL"] = alertmanager;
                await SendUntilStoredAsync(payload, random, receivers);
            }
        });

    private static async Task SendUntilStoredAsync(JsonObject payload, Random random, List<Receiver> receivers)
    {
        while (true)
        {
            try
            {
                using var response = await receivers[random.Next(receivers.Count)].Client.PostAlertsAsync(payload);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    // A ticket's text is its first note.
    private static int Delivered(ConnectWiseFixture system) => system.Server.Locked(() => system.Server.Tickets.Sum(ticket => ((JsonArray)ticket["notes"]!).Count));

    private static int AttemptsIn(string text) => int.Parse(
        text.Split('\n').Single(line => line.StartsWith("10.0.0.1: ", StringComparison.Ordinal))["10.0.0.1: ".Length..].Split(' ')[0],
        CultureInfo.InvariantCulture);

    /// <summary>A receiver's process, and the next one after a kill, under the same address.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly string[] _arguments;
        private ChildProcess _process;

        public Receiver(string[] arguments)
        {
            var port = FreePorts.Next();
            _arguments = [.. arguments, $"--urls=http://127.0.0.1:{port}"];
            Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) };
            _process = ReceiverProcess.Start(_arguments);
        }

        public HttpClient Client { get; }

        public async Task ReadyAsync() => await Eventually.GetAsync(
            async () =>
            {
                Assert.False(_process.HasExited, _process.Output);
                try
                {
                    using var ready = await Client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
                    return ready.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            ready => ready,
            "the receiver is ready");

        public async Task KillAndStartAsync()
        {
            Assert.False(_process.HasExited, _process.Output);
            _process.Kill();
            await _process.WaitForExitAsync(TimeSpan.FromSeconds(10));
            await _process.DisposeAsync();
            _process = ReceiverProcess.Start(_arguments);
        }

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            Client.Dispose();
        }
    }
}
