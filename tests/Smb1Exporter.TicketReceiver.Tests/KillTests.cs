using System.Net;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests;

public sealed class KillTests
{
    private const int Servers = 50;
    private const int NotificationsPerServer = 10;
    private const int Kills = 20;

    [Fact]
    public async Task Killed_20_times_while_500_notifications_are_sent_every_server_has_one_ticket_and_each_note_once_in_order()
    {
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(10) };
        var answered = 0;
        await using var receiver = new Restarting(() => ReceiverProcess.Start($"--urls=http://127.0.0.1:{port}", $"--Receiver:Database={folder["tickets.db"]}"));
        await receiver.Current.ListeningAsync();

        var sending = Task.WhenAll(Enumerable.Range(0, Servers).Select(async server =>
        {
            for (var number = 1; number <= NotificationsPerServer; number++)
            {
                await SendUntilStoredAsync(client, Payloads.Firing("Contoso", $"FS{server:00}", ("192.168.1.1", $"{number}")));
                Interlocked.Increment(ref answered);
            }
        }));
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        for (var kill = 1; kill <= Kills; kill++)
        {
            var enough = kill * (Servers * NotificationsPerServer / (Kills + 1));
            await Eventually.TrueAsync(() => Volatile.Read(ref answered) >= enough, $"{enough} notifications answered");
            await Task.Delay(random.Next(20), TestContext.Current.CancellationToken);
            await receiver.KillAndStartAsync();
        }

        await sending;
        await receiver.Current.ListeningAsync();
        var tickets = await Eventually.GetAsync(
            () => client.TicketsAsync(),
            tickets => tickets.Sum(ticket => 1 + ticket.Notes.Count) >= Servers * NotificationsPerServer,
            "all delivered");

        Assert.Equal("0", await client.MetricAsync("smb1_ticket_outbox_pending"));
        Assert.Equal(Enumerable.Range(0, Servers).Select(server => $"FS{server:00}"), tickets.Select(ticket => ticket.Host).Order(StringComparer.Ordinal));
        Assert.All(tickets, ticket =>
        {
            Assert.Equal("open", ticket.State);
            var attempts = ticket.Notes.Select(note => note.Body).Prepend(ticket.Body).Select(AttemptsIn);
            Assert.Equal(Enumerable.Range(1, NotificationsPerServer), attempts);
        });
    }

    [Fact]
    public async Task SIGTERM_ends_it_within_5_seconds_while_senders_hang_and_what_was_stored_is_there_afterwards()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        using var folder = new TemporaryFolder();
        var port = FreePorts.Next();
        string[] arguments = [$"--urls=http://127.0.0.1:{port}", $"--Receiver:Database={folder["tickets.db"]}"];
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await using (var receiver = ReceiverProcess.Start(arguments))
        {
            await receiver.ListeningAsync();
            using var hanging = await HangingSenderAsync(port);
            using var silent = new System.Net.Sockets.TcpClient("127.0.0.1", port);
            using var stored = await client.PostAlertsAsync(Payloads.Sample());
            Assert.Equal(HttpStatusCode.OK, stored.StatusCode);

            receiver.Terminate();
            Assert.Equal(0, await receiver.WaitForExitAsync(TimeSpan.FromSeconds(5)));
        }

        await using var again = ReceiverProcess.Start(arguments);
        await again.ListeningAsync();
        await Eventually.GetAsync(() => client.TicketsAsync(), tickets => tickets is [{ Host: "FS01", Notes: [] }], "the ticket is there");
        using var repeated = await client.PostAlertsAsync(Payloads.Sample());
        await Eventually.GetAsync(() => client.TicketsAsync(), tickets => tickets is [{ Notes.Count: 1 }], "a repetition after the answer adds a note");
    }

    private static int AttemptsIn(string body) => int.Parse(body.Split(": ")[^1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<System.Net.Sockets.TcpClient> HangingSenderAsync(int port)
    {
        var client = new System.Net.Sockets.TcpClient("127.0.0.1", port);
        var head = "POST /alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"version\""u8;
        await client.GetStream().WriteAsync(head.ToArray(), TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task SendUntilStoredAsync(HttpClient client, System.Text.Json.Nodes.JsonNode payload)
    {
        while (true)
        {
            try
            {
                using var response = await client.PostAlertsAsync(payload);
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

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Restarting(Func<ChildProcess> start) : IAsyncDisposable
    {
        public ChildProcess Current { get; private set; } = start();

        public async Task KillAndStartAsync()
        {
            Current.Kill();
            await Current.WaitForExitAsync(TimeSpan.FromSeconds(10));
            await Current.DisposeAsync();
            Current = start();
        }

        public ValueTask DisposeAsync() => Current.DisposeAsync();
    }
}
