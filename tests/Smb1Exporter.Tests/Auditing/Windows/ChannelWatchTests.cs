using Microsoft.Extensions.Logging;

namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>Waiting ends with a change notice, and at the latest with the poll interval; subscriptions are kept alive without trusting them.</summary>
public sealed class ChannelWatchTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly EventLogFixture _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Waiting_ends_when_an_event_is_written()
    {
        _log.Read();
        var wait = _log.Source.WaitForMoreAsync(TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);

        _log.Audit.WriteAttempt(_log.Now);

        await wait.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_notice_that_came_while_reading_is_not_forgotten()
    {
        _log.Read();
        _log.Audit.WriteAttempt(_log.Now);
        _log.Operational.WriteRejection(_log.Now);

        await _log.Source.WaitForMoreAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.False(_log.Source.WaitForMoreAsync(TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public async Task Waiting_ends_with_the_poll_interval_without_any_notice()
    {
        _log.Audit.SubscribeFailure = new InvalidOperationException("no subscription here");
        _log.Read();

        // The refusal is a reason to look, once.
        await _log.Source.WaitForMoreAsync(TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
        var wait = _log.Source.WaitForMoreAsync(TestContext.Current.CancellationToken);
        Assert.False(wait.IsCompleted);

        _log.Clock.Advance(EventLogFixture.Poll);

        await wait.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Waiting_is_cancelled_when_the_program_stops()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var wait = _log.Source.WaitForMoreAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Soon, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_failed_subscription_is_made_anew_with_growing_delays_and_told_once()
    {
        _log.Read();
        _log.Audit.SubscribeFailure = new InvalidOperationException("The RPC server is unavailable.");
        _log.Audit.FailSubscriptions(_log.Audit.SubscribeFailure);
        var before = _log.Audit.SubscriptionsAsked;
        for (var second = 0; second < 600; second++)
        {
            _log.Read();
            _log.Clock.Advance(EventLogFixture.Poll);
        }

        Assert.Equal(0, _log.Audit.Subscriptions);
        Assert.InRange(_log.Audit.SubscriptionsAsked - before, 3, 12);
        Assert.Single(_log.Log.Collector.GetSnapshot(), line => line.Message.Contains("not available", StringComparison.Ordinal));

        _log.Audit.SubscribeFailure = null;
        _log.Clock.Advance(TimeSpan.FromMinutes(5));
        _log.Read();
        Assert.Equal(1, _log.Audit.Subscriptions);
        Assert.Contains(_log.Log.Collector.GetSnapshot(), line => line.Message.Contains("notices are back", StringComparison.Ordinal));
    }

    [Fact]
    public void A_subscription_that_is_refused_is_told_with_the_reason_and_asked_for_again_after_five_seconds()
    {
        _log.Audit.SubscribeFailure = new InvalidOperationException("The RPC server is unavailable.");
        _log.Read();
        Assert.Contains(_log.Log.Collector.GetSnapshot(), line => line.Message.Contains("(The RPC server is unavailable.)", StringComparison.Ordinal));

        _log.Clock.Advance(TimeSpan.FromSeconds(4));
        _log.Read();
        Assert.Equal(1, _log.Audit.SubscriptionsAsked);
        _log.Clock.Advance(TimeSpan.FromSeconds(1));
        _log.Read();
        Assert.Equal(2, _log.Audit.SubscriptionsAsked);
    }

    [Fact]
    public void A_subscription_that_is_silent_about_an_event_the_poll_found_is_replaced_with_a_warning()
    {
        _log.Read();
        _log.Audit.Silent = true;
        _log.Clock.Advance(TimeSpan.FromMinutes(1));
        _log.Audit.WriteAttempt(_log.Now);
        Assert.Single(_log.Read().Records);
        Assert.Equal(1, _log.Audit.SubscriptionsMade);

        _log.Clock.Advance(TimeSpan.FromSeconds(11));
        _log.Read();

        Assert.Equal((2, 1), (_log.Audit.SubscriptionsMade, _log.Audit.Subscriptions));
        Assert.Single(_log.Log.Collector.GetSnapshot(), line => line.Level == LogLevel.Warning);
        _log.Clock.Advance(TimeSpan.FromHours(1));
        _log.Read();
        Assert.Equal(2, _log.Audit.SubscriptionsMade);
    }

    [Fact]
    public void A_subscription_that_works_is_kept_and_a_backlog_older_than_it_is_no_silence()
    {
        _log.Audit.WriteAttempt(_log.Now - TimeSpan.FromMinutes(5));
        _log.Read();
        _log.Clock.Advance(TimeSpan.FromMinutes(1));
        _log.Audit.WriteAttempt(_log.Now);
        _log.Read();
        _log.Clock.Advance(TimeSpan.FromHours(1));
        _log.Read();

        Assert.Equal(1, _log.Audit.SubscriptionsMade);
        Assert.DoesNotContain(_log.Log.Collector.GetSnapshot(), line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public void Disposing_ends_the_subscriptions()
    {
        _log.Read();
        Assert.Equal((1, 1), (_log.Audit.Subscriptions, _log.Operational.Subscriptions));

        _log.Source.Dispose();

        Assert.Equal((0, 0), (_log.Audit.Subscriptions, _log.Operational.Subscriptions));
    }
}
