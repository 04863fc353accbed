using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Outbox;

/// <summary>Several receivers on one PostgreSQL database.</summary>
public sealed class PostgresSharedTests(SharedPostgres postgres)
{
    private const string Held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    [Fact]
    public async Task What_two_receivers_take_in_at_once_becomes_visible_in_order_for_each_server()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        var nothing = new FakeTicketing((_, _) => new TicketingOutcome.RetryLater("not yet", TimeSpan.FromHours(1)));
        await using var first = await StartAsync(database, nothing);
        await using var second = await StartAsync(database, nothing);
        RunningReceiver[] receivers = [first, second];
        const int Posts = 400;
        var sending = Parallel.ForEachAsync(
            Enumerable.Range(0, Posts),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) => await SendAsync(receivers[number % 2], $"FS{number % 3:00}", number));

        var seen = new Dictionary<string, List<long>>();
        for (var done = false; !done;)
        {
            done = sending.IsCompleted;
            var rows = await database.QueryAsync("SELECT \"Key\" || ' ' || \"Id\" FROM \"Notifications\" ORDER BY \"Id\"");
            foreach (var server in rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(' ')).GroupBy(row => row[0]))
            {
                var ids = server.Select(row => long.Parse(row[1], CultureInfo.InvariantCulture)).ToList();
                var before = seen.GetValueOrDefault(server.Key, []);
                Assert.Equal(before, ids.Take(before.Count));
                seen[server.Key] = ids;
            }
        }

        await sending;
        Assert.Equal(Posts, seen.Values.Sum(ids => ids.Count));
    }

    [Fact]
    public async Task What_both_Alertmanagers_of_a_pair_send_to_either_receiver_at_the_same_time_is_taken_in_once()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        await using var first = await StartAsync(database, null);
        await using var second = await StartAsync(database, null);
        for (var number = 1; number <= 60; number++)
        {
            var other = Payloads.Firing("Contoso", "FS01", ("10.0.0.1", $"{number}"));
            other["externalURL"] = "http://other.example:9093";
            await Task.WhenAll(SendAsync(first, "FS01", number), PostAsync(second, other));
        }

        Assert.Equal("60", await database.QueryAsync("SELECT count(*) FROM \"Notifications\""));
        var tickets = await first.TicketsOnceAsync(tickets => tickets is [{ Notes.Count: 59 }], "all delivered");
        Assert.Equal(
            Enumerable.Range(1, 60).Select(number => $"{number}"),
            tickets[0].Notes.Select(note => note.Body).Prepend(tickets[0].Body).Select(body => body.Split(": ")[^1].Split(' ')[0]));
    }

    [Fact]
    public async Task A_server_that_another_receiver_delivers_for_is_left_to_it_without_asking_all_the_time_and_taken_over_when_it_dies()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        var hanging = new TaskCompletionSource();
        var dying = new FakeTicketing((message, _) => new TicketingOutcome.Done(message.Server)) { Before = () => hanging.Task };
        var healthy = new FakeTicketing((message, _) => new TicketingOutcome.Done(message.Server));
        await using var first = await StartAsync(database, dying, ("Receiver:RequestTimeout", "00:00:01"));
        await SendAsync(first, "FS01", 1);
        await SendAsync(first, "FS01", 2);
        await Eventually.TrueAsync(() => dying.Attempts > 0, "the first delivers");

        // The second has a clock of its own; it looks again when that goes on.
        var look = TimeSpan.FromSeconds(2);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var clock = new WatchedClock(time);
        CountingLocks? counting = null;
        await using var second = await RunningReceiver.StartAsync(
            services =>
            {
                services.AddSingleton<ITicketingSystem>(healthy);
                services.AddSingleton<TimeProvider>(clock);
                services.AddSingleton<IServerLocks>(provider => counting = new CountingLocks(provider.GetRequiredService<IDatabaseEngine>().Locks));
            },
            [.. database.Settings, ("Receiver:RequestTimeout", "00:00:01")]);

        // A lane that is still ending misses a look, so it may ask less often than it looks, and never more often.
        var looks = 1;
        await Eventually.TrueAsync(
            () =>
            {
                if (clock.Armed.Contains(look))
                {
                    Assert.InRange(counting!.Count, 0, looks++);
                    time.Advance(look);
                }

                return counting!.Count > 3;
            },
            "it asks again when it looks again");

        Assert.Equal(0, healthy.Attempts);

        // What the operating system does with the connections of a process that was killed.
        await database.QueryAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(look);
                return healthy.Accepted.Count() == 2;
            },
            "the second delivers");
        Assert.Equal(["1", "2"], healthy.Accepted.Select(AttemptsIn));

        // The one that was thought dead comes back, and does nothing a second time.
        hanging.SetResult();
        await Eventually.GetAsync(() => database.QueryAsync(Held), held => held == "0", "nothing is held");
        Assert.Equal("0", await first.Client.MetricAsync("smb1_ticket_outbox_pending"));
        Assert.InRange(dying.Attempts, 1, 1);
    }

    [Fact]
    public async Task One_that_lost_its_lock_before_it_asked_for_anything_leaves_the_notification_to_the_other()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        var seeking = new TaskCompletionSource();
        var slow = new FakeTicketing((message, _) => new TicketingOutcome.Done("slow")) { BeforeSearch = () => seeking.Task };
        var quick = new FakeTicketing((message, _) => new TicketingOutcome.Done("quick"));
        await using var first = await StartAsync(database, slow);
        await SendAsync(first, "FS01", 1);
        await Eventually.TrueAsync(() => slow.Searches > 0, "the first seeks");
        await database.QueryAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
        await using var second = await StartAsync(database, quick);
        await Eventually.TrueAsync(() => quick.Accepted.Any(), "the second delivers");

        seeking.SetResult();
        await SendAsync(first, "FS02", 1);
        await Eventually.GetAsync(() => first.Client.MetricAsync("smb1_ticket_outbox_pending"), pending => pending == "0", "all delivered");
        Assert.DoesNotContain(slow.Accepted, message => message.Server == "FS01");
    }

    [Fact]
    public async Task What_a_dead_receiver_left_begun_is_given_the_time_of_a_request_before_it_is_asked_for_again()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        await using (var first = await StartAsync(database, new FakeTicketing((_, _) => new TicketingOutcome.RetryLater("no", TimeSpan.FromHours(1)))))
        {
            await SendAsync(first, "FS01", 1);
            await Eventually.GetAsync(() => database.QueryAsync("SELECT \"FailedAttempts\" FROM \"Notifications\""), failed => failed == "1", "failed");
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(
            await database.QueryAsync("UPDATE \"Servers\" SET \"NextAttemptAt\" = NULL; UPDATE \"Notifications\" SET \"IsUnderWay\" = true, \"BegunAt\" = (extract(epoch FROM clock_timestamp()) * 1000)::bigint RETURNING \"BegunAt\""),
            CultureInfo.InvariantCulture));
        var time = new FakeTimeProvider(now);
        var clock = new WatchedClock(time);
        var ticketing = new FakeTicketing((_, _) => new TicketingOutcome.Done("1"));
        await using var second = await RunningReceiver.StartAsync(
            services => services.AddSingleton<ITicketingSystem>(ticketing).AddSingleton<TimeProvider>(clock),
            [.. database.Settings, ("Receiver:RequestTimeout", "00:00:04")]);

        await clock.SleepingAsync(TimeSpan.FromSeconds(4));
        Assert.Contains("The answer to an earlier attempt was lost", second.LogText, StringComparison.Ordinal);
        Assert.Equal(0, ticketing.Attempts);
        time.Advance(TimeSpan.FromSeconds(4));
        await Eventually.TrueAsync(() => ticketing.Accepted.Any(), "delivered");
    }

    [Fact]
    public async Task It_never_needs_more_connections_than_it_says()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        var slow = new FakeTicketing((message, _) => new TicketingOutcome.Done(message.Server)) { Before = () => Task.Delay(20) };
        await using var receiver = await StartAsync(database, slow, ("Receiver:MaxParallelDeliveries", "3"));
        var most = 0;
        var sending = Parallel.ForEachAsync(
            Enumerable.Range(0, 150),
            new ParallelOptions { MaxDegreeOfParallelism = 30, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) => await SendAsync(receiver, $"FS{number:000}", 1));
        while (!sending.IsCompleted || slow.Accepted.Count() < 150)
        {
            most = Math.Max(most, int.Parse(
                await database.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'smb1-ticket-receiver'"), CultureInfo.InvariantCulture));
        }

        await sending;
        Assert.InRange(most, 4, 9);
    }

    [Fact]
    public async Task A_refusal_with_a_NUL_in_its_answer_is_stored()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        await using var receiver = await StartAsync(database, new FakeTicketing((_, _) => new TicketingOutcome.Refused("no", "zero \0 byte")));
        await SendAsync(receiver, "FS01", 1);

        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "1", "set aside");
        Assert.Equal("zero \uFFFD byte", await database.QueryAsync("SELECT \"RefusalAnswer\" FROM \"Notifications\""));
    }

    [Fact]
    public async Task While_the_database_is_away_senders_get_503_with_the_reason_and_afterwards_all_goes_on()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await using var server = await PostgresServer.StartAsync();
        using var database = await TestDatabase.CreateAsync(server);
        var open = false;
        var ticketing = new FakeTicketing((message, _) => Volatile.Read(ref open) ? new TicketingOutcome.Done(message.Server) : new TicketingOutcome.RetryLater("no"));
        await using var receiver = await StartAsync(database, ticketing);
        for (var number = 0; number < 20; number++)
        {
            await SendAsync(receiver, $"FS{number:00}", 1);
        }

        await server.StopAsync();
        using var refused = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", "FS99", ("10.0.0.1", "1")));
        var detail = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var ready = await receiver.Client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
        var notReady = await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (refused.StatusCode, ready.StatusCode));
        await Eventually.TrueAsync(() => receiver.LogText.Contains($"The outbox PostgreSQL 127.0.0.1/{database.Name} cannot be used: ", StringComparison.Ordinal), "logged");
        Assert.All(
            new[] { detail, notReady, receiver.LogText },
            text =>
            {
                Assert.Contains("Check that the server runs", text, StringComparison.Ordinal);
                Assert.DoesNotContain(server.Password, text, StringComparison.Ordinal);
                Assert.DoesNotContain("Username", text, StringComparison.Ordinal);
            });

        Volatile.Write(ref open, true);
        await server.StartAgainAsync();
        await Eventually.TrueAsync(() => ticketing.Accepted.Count() == 20, "all delivered");
        await SendAsync(receiver, "FS99", 1);
        await Eventually.TrueAsync(() => ticketing.Accepted.Count() == 21, "the last one too");
        Assert.Equal(21, ticketing.Accepted.Select(message => message.Server).Distinct().Count());
    }

    private static Task<RunningReceiver> StartAsync(TestDatabase database, ITicketingSystem? ticketing, params (string Key, string Value)[] settings) =>
        RunningReceiver.StartAsync(
            services =>
            {
                services.AddSingleton(new RetryPace(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200)));
                if (ticketing is not null)
                {
                    services.AddSingleton(ticketing);
                }
            },
            [.. database.Settings, .. settings]);

    private static Task SendAsync(RunningReceiver receiver, string server, int number) =>
        PostAsync(receiver, Payloads.Firing("Contoso", server, ("10.0.0.1", $"{number}")));

    private static async Task PostAsync(RunningReceiver receiver, System.Text.Json.Nodes.JsonNode payload)
    {
        using var response = await receiver.Client.PostAlertsAsync(payload);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static string AttemptsIn(TicketMessage message) => message.Body.Split(": ")[^1].Split(' ')[0];

    private sealed class CountingLocks(IServerLocks locks) : IServerLocks
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task<IAsyncDisposable?> TryTakeAsync(string key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            return locks.TryTakeAsync(key, cancellationToken);
        }
    }
}
