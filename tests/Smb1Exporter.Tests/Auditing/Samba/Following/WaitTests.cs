using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class WaitTests
{
    [LinuxFact]
    public async Task A_change_of_the_log_ends_the_wait_before_the_interval_has_passed()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Clock.Advance(TimeSpan.FromMilliseconds(500));
        var wait = rig.Source.WaitForMoreAsync(TestContext.Current.CancellationToken);

        Assert.False(wait.IsCompleted);
        rig.Write("audit.log", 1);

        await Eventually.TrueAsync(() => wait.IsCompletedSuccessfully, "the wait ends on a change");
    }

    [LinuxFact]
    public async Task Two_looks_are_a_tenth_of_a_second_apart_even_in_a_storm_of_changes()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        var wait = rig.Source.WaitForMoreAsync(TestContext.Current.CancellationToken);
        rig.Write("audit.log", 1);
        using var bystander = new FileSystemWatcher(Path.GetDirectoryName(rig["audit.log"])!) { EnableRaisingEvents = true };
        var seen = false;
        bystander.Changed += (_, _) => seen = true;
        await Eventually.TrueAsync(
            () =>
            {
                rig.Write("audit.log", 1);
                return seen;
            },
            "changes are announced");

        Assert.False(wait.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.TrueAsync(
            () =>
            {
                rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
                return wait.IsCompletedSuccessfully;
            },
            "the wait ends");
    }

    [LinuxFact]
    public async Task Without_a_folder_to_watch_the_interval_ends_the_wait()
    {
        using var rig = new LogRig("missing/audit.log");
        Assert.Throws<Smb1Exporter.Auditing.AuditSourceException>(rig.ReadOnce);
        var wait = rig.Source.WaitForMoreAsync(TestContext.Current.CancellationToken);

        Assert.False(wait.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));

        await wait.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [LinuxFact]
    public async Task A_cancelled_wait_ends_at_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        using var cancel = new CancellationTokenSource();
        var wait = rig.Source.WaitForMoreAsync(cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [LinuxFact]
    public async Task Files_rotated_away_and_overwritten_between_two_looks_are_caught_by_the_watch()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        for (var i = 0; i < 10; i++)
        {
            rig.Move("audit.log", "audit.log.old");
            var captured = rig.FileSystem.Opened;
            rig.Write("audit.log", 1);
            await Eventually.TrueAsync(() => rig.FileSystem.Opened > captured, "the new file is opened");
        }

        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 11), rig.Numbers.Order());
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public async Task Very_many_logs_are_not_looked_at_while_nothing_is_announced_and_a_change_of_one_is_read()
    {
        using var rig = new LogRig("log.%m", new() { LookAtAll = 5 });
        for (var client = 0; client < 20; client++)
        {
            rig.Write($"log.client{client}", 1);
        }

        rig.Poll();
        await Eventually.TrueAsync(
            () =>
            {
                var before = rig.FileSystem.Asked;
                rig.Poll();
                return rig.FileSystem.Asked - before == 1;
            },
            "only the folder itself is asked for");
        rig.Write("log.client7", 1);
        await Eventually.TrueAsync(() => rig.Poll().Numbers.Contains(20), "the change is read");

        Assert.Equal(Enumerable.Range(0, 21), rig.Numbers.Order());
        RotationTests.AssertClean(rig);
    }

    [LinuxFact]
    public void The_watch_may_be_disposed_and_the_folder_replaced()
    {
        using var rig = new LogRig("logs/audit.log");
        Directory.CreateDirectory(rig["logs"]);
        rig.Write("logs/audit.log", 1);
        rig.Poll();
        Directory.Move(rig["logs"], rig["elsewhere"]);
        Directory.CreateDirectory(rig["logs"]);
        rig.Write("logs/audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1], rig.Numbers);
        Assert.Empty(rig.Gaps);
    }
}
