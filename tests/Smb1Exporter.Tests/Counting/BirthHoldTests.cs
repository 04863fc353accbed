using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Counting;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Counting;

public class BirthHoldTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2);
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_series_rises_after_it_was_scraped_and_the_hold_has_passed_since()
    {
        var hold = new BirthHold(Hold, _clock);
        _clock.Advance(TimeSpan.FromHours(5));
        Assert.False(hold.MayRise("a"));
        hold.Scraped(["a"]);
        _clock.Advance(Hold - TimeSpan.FromSeconds(1));
        Assert.False(hold.MayRise("a"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(hold.MayRise("a"));
        Assert.False(hold.MayRise("b"));
    }

    [Fact]
    public void A_forgotten_series_is_held_again()
    {
        var hold = new BirthHold(TimeSpan.Zero, _clock);
        hold.Scraped(["a"]);
        Assert.True(hold.MayRise("a"));
        hold.Forget("a");
        Assert.False(hold.MayRise("a"));
    }

    [Fact]
    public void After_an_outage_of_all_scrapers_every_series_is_held_again()
    {
        var hold = new BirthHold(Hold, _clock);
        hold.Scraped(["a"]);
        _clock.Advance(BirthHold.ScrapeOutage + TimeSpan.FromSeconds(1));
        Assert.False(hold.MayRise("a"));
        hold.Scraped(["a"]);
        Assert.False(hold.MayRise("a"));
        _clock.Advance(Hold);
        Assert.True(hold.MayRise("a"));
    }

    /// <summary>
    /// What two Prometheus servers make of it, whatever happens: no value ever falls, and a rise is never hidden in the first sample of a
    /// series or behind a pause longer than the range of the alert rule.
    /// </summary>
    [Fact]
    public void No_attempt_is_hidden_from_increase_by_births_restarts_and_outages() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3]).Array[20, 200].Sample(
            steps =>
            {
                using var harness = new StoreHarness();
                var model = new ScrapedServers(harness, Hold);
                foreach (var (step, client) in steps)
                {
                    model.Step(step, client);
                }

                model.Settle();
                model.AssertEverythingWasSeen();
            },
            iter: 60);

    private sealed class ScrapedServers(StoreHarness harness, TimeSpan length)
    {
        private static readonly TimeSpan Range = TimeSpan.FromHours(1);
        private readonly Dictionary<(int Server, string Client), (DateTimeOffset Time, long Value)> _last = [];
        private readonly Dictionary<(int Server, string Client), long> _seen = [];
        private readonly Dictionary<string, long> _attempts = [];
        private BirthHold _hold = new(length, harness.Clock);

        public void Step(int step, int client)
        {
            switch (step)
            {
                case 0 or 1 or 2:
                    Attempt($"10.0.0.{client}");
                    break;
                case 3:
                    harness.Restart();
                    _hold = new BirthHold(length, harness.Clock);
                    break;
                case 4 when client == 0:
                    // Nobody scrapes, for longer than the range.
                    harness.Clock.Advance(TimeSpan.FromHours(3));
                    break;
                default:
                    Minute();
                    break;
            }
        }

        public void Settle()
        {
            for (var minute = 0; minute < 10; minute++)
            {
                Minute();
            }
        }

        public void AssertEverythingWasSeen()
        {
            foreach (var (client, attempts) in _attempts)
            {
                Assert.Equal(attempts, _seen[(0, client)]);
                Assert.Equal(attempts, _seen[(1, client)]);
            }
        }

        private void Attempt(string client)
        {
            harness.Apply(harness.Attempt(client));
            _attempts[client] = _attempts.GetValueOrDefault(client) + 1;
        }

        private void Minute()
        {
            harness.Clock.Advance(TimeSpan.FromSeconds(10));
            Scrape(0);
            harness.Clock.Advance(TimeSpan.FromSeconds(50));
            Scrape(1);
        }

        private void Scrape(int server)
        {
            var totals = harness.Store.Rise(_hold.MayRise);
            foreach (var client in totals.Clients)
            {
                Sample((server, client.Address), client.Attempts.Shown);
            }

            _hold.Scraped(SeriesNames.All(totals).Select(series => series.Name));
        }

        private void Sample((int Server, string Client) series, long value)
        {
            var now = harness.Now;
            if (_last.TryGetValue(series, out var last))
            {
                Assert.True(value >= last.Value, "a counter fell");
                if (now - last.Time < Range)
                {
                    _seen[series] += value - last.Value;
                }
            }
            else
            {
                _seen[series] = 0;
            }

            _last[series] = (now, value);
        }
    }
}
