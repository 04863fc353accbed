using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using static Smb1Exporter.Tests.Auditing.Samba.Following.RotationTests;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class StartTests
{
    [LinuxFact]
    public void The_first_run_reads_what_was_written_since_and_leaves_older_files_alone()
    {
        using var rig = new LogRig();
        rig.Write("audit.log.1", 2);
        File.SetLastWriteTimeUtc(rig["audit.log.1"], rig.NotBefore.UtcDateTime.AddMinutes(-1));
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Write("audit.log.1", 1);
        rig.Poll();

        Assert.Equal([2, 3, 4], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_missing_log_names_itself_and_the_remedy_and_is_read_whole_once_it_is_there()
    {
        using var rig = new LogRig();

        var missing = Assert.Throws<AuditSourceException>(rig.ReadOnce);
        rig.Write("audit.log", 2);
        rig.Poll();

        Assert.Equal(ReadErrorReason.NotFound, missing.Reason);
        Assert.Contains(rig["audit.log"], missing.Message, StringComparison.Ordinal);
        Assert.Contains("auth_json_audit:5@", missing.Message, StringComparison.Ordinal);
        Assert.Equal([0, 1], rig.Numbers);
    }

    [LinuxFact]
    public void A_file_that_cannot_be_read_is_left_unread_and_a_line_that_is_not_whole_yet_is_not()
    {
        using var rig = new LogRig("audit.*");
        rig.Write("audit.a", 1);
        rig.Append("audit.b", LogRig.Line(rig.Next())[..40]);
        Assert.True(Read(rig) is { CaughtUp: true, LeavesUnread: false });

        rig.FileSystem.Denied.Add(rig["audit.c"]);
        rig.Write("audit.c", 1);
        Assert.True(Read(rig) is { CaughtUp: true, LeavesUnread: true });
        Assert.True(Read(rig) is { CaughtUp: true, LeavesUnread: true, Errors: [] });
        rig.FileSystem.Denied.Clear();
        Assert.True(Read(rig) is { CaughtUp: true, LeavesUnread: false });
        Assert.Equal([0, 2], rig.Numbers);

        static AuditBatch Read(LogRig rig)
        {
            var batch = rig.ReadOnce();
            rig.Commit(batch);
            return batch;
        }
    }

    [LinuxFact]
    public void A_missing_folder_is_not_found_and_is_read_once_it_is_there()
    {
        using var rig = new LogRig("logs/audit.log");

        Assert.Equal(ReadErrorReason.NotFound, Assert.Throws<AuditSourceException>(rig.ReadOnce).Reason);
        Directory.CreateDirectory(rig["logs"]);
        rig.Write("logs/audit.log", 1);
        rig.Poll();

        Assert.Equal([0], rig.Numbers);
    }

    [LinuxFact]
    public void A_log_that_went_away_is_first_a_gap_then_not_found()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll().Restart();
        File.Delete(rig["audit.log"]);
        rig.Poll();

        Assert.Single(rig.Gaps);
        Assert.Equal(ReadErrorReason.NotFound, Assert.Throws<AuditSourceException>(rig.ReadOnce).Reason);
        rig.Write("audit.log", 1);
        rig.Poll();
        Assert.Equal([0, 1], rig.Numbers);
        Assert.Single(rig.Gaps);
    }

    [LinuxFact]
    public void A_log_that_may_not_be_read_names_the_right_that_is_missing_and_loses_nothing()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.FileSystem.Denied.Add(rig["audit.log"]);

        var denied = Assert.Throws<AuditSourceException>(rig.ReadOnce);
        rig.FileSystem.Denied.Clear();
        rig.Poll();

        Assert.Equal(ReadErrorReason.AccessDenied, denied.Reason);
        Assert.Contains(rig["audit.log"], denied.Message, StringComparison.Ordinal);
        Assert.Contains("setfacl", denied.Message, StringComparison.Ordinal);
        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_log_whose_rights_are_taken_away_gives_what_rotation_left_and_then_says_so()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll().Restart();
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.1");
        rig.Write("audit.log", 1);
        rig.FileSystem.Denied.Add(rig["audit.log"]);
        rig.Poll();

        Assert.Equal([0, 1], rig.Numbers);
        Assert.Equal(ReadErrorReason.AccessDenied, Assert.Throws<AuditSourceException>(rig.ReadOnce).Reason);
        rig.FileSystem.Denied.Clear();
        rig.Poll();
        Assert.Equal([0, 1, 2], rig.Numbers);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_folder_that_may_not_be_listed_is_access_denied()
    {
        using var rig = new LogRig("logs/audit.log");
        Directory.CreateDirectory(rig["logs"]);
        rig.FileSystem.Denied.Add(rig["logs"]);

        Assert.Equal(ReadErrorReason.AccessDenied, Assert.Throws<AuditSourceException>(rig.ReadOnce).Reason);
    }

    [LinuxFact]
    public void One_unreadable_file_among_several_is_reported_once_and_the_others_go_on()
    {
        using var rig = new LogRig("log.%m");
        rig.Write("log.one", 1);
        rig.Write("log.two", 1);
        rig.FileSystem.Denied.Add(rig["log.one"]);
        rig.Poll().Poll();
        rig.Write("log.two", 1);
        rig.Poll().Restart().Poll();

        Assert.Equal([1, 2], rig.Numbers);
        Assert.Equal((ReadErrorReason.AccessDenied, rig["log.one"]), Assert.Single(rig.Errors.Select(error => (error.Reason, error.Place))));
        rig.FileSystem.Denied.Clear();
        rig.Poll();
        Assert.Equal([1, 2, 0], rig.Numbers);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_failing_disk_is_an_error_once_and_reading_goes_on_when_it_is_well()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Write("audit.log", 1);
        rig.FileSystem.ReadsFail = true;
        rig.Poll().Poll();
        rig.FileSystem.ReadsFail = false;
        rig.Poll();

        Assert.Equal(ReadErrorReason.Io, Assert.Single(rig.Errors).Reason);
        Assert.Equal([0, 1], rig.Numbers);
    }

    [LinuxFact]
    public void A_full_disk_is_one_gap_and_a_fault_until_there_is_room_again()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.FileSystem.IsFull = true;
        var full = rig.ReadOnce();
        rig.Commit(full);
        var still = rig.Restart().ReadOnce();
        rig.Commit(still);
        rig.FileSystem.IsFull = false;
        rig.Write("audit.log", 1);
        var after = rig.ReadOnce();
        rig.Commit(after);

        Assert.Contains("disk", full.Failure!.Message, StringComparison.Ordinal);
        Assert.NotNull(still.Failure);
        Assert.Null(after.Failure);
        Assert.Contains("full", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
        Assert.Equal([0, 1], rig.Numbers);
    }

    [LinuxTheory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"format\":99}")]
    [InlineData("{\"format\":1,\"files\":null}")]
    [InlineData("{\"format\":1,\"files\":[{\"path\":\"/x\",\"identity\":{},\"offset\":3,\"headLength\":1000}]}")]
    public void A_position_that_makes_no_sense_is_a_gap_and_a_first_run(string position)
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Position = AuditPosition.Of(position);
        rig.Poll().Poll();

        Assert.Contains("position", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
        Assert.Equal([0, 1], rig.Numbers);
    }

    [LinuxFact]
    public void Files_that_are_no_files_are_never_opened()
    {
        using var rig = new LogRig("log.%m");
        rig.Write("log.one", 1);
        Directory.CreateDirectory(rig["log.folder"]);
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", rig["log.pipe"]))
        {
            mkfifo.WaitForExit();
        }

        File.CreateSymbolicLink(rig["log.null"], "/dev/zero");
        File.CreateSymbolicLink(rig["log.dangling"], rig["nowhere"]);
        rig.Poll();

        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_log_that_is_a_folder_is_refused_with_its_name()
    {
        using var rig = new LogRig();
        Directory.CreateDirectory(rig["audit.log"]);

        Assert.Contains("not a regular file", Assert.Throws<AuditSourceException>(rig.ReadOnce).Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Files_of_new_clients_are_read_from_their_start()
    {
        using var rig = new LogRig("log.%m");
        rig.Write("log.192.168.1.1", 1);
        rig.Poll();
        rig.Write("log.192.168.1.2", 1);
        rig.Append("log.empty", "");
        rig.Poll();
        rig.Write("log.empty", 1);
        rig.Move("log.192.168.1.2", "log.192.168.1.2.old");
        rig.Write("log.192.168.1.2", 1);
        rig.Poll();

        Assert.Equal([0, 1, 2, 3], rig.Numbers.Order());
        AssertClean(rig);
    }

    [LinuxFact]
    public void More_files_than_can_be_kept_open_are_all_read()
    {
        using var rig = new LogRig("log.%m", new() { OpenFiles = 3, BatchItems = 7 });
        for (var round = 0; round < 3; round++)
        {
            for (var client = 0; client < 20; client++)
            {
                rig.Write($"log.client{client}", 1);
            }

            rig.Poll();
        }

        Assert.Equal(Enumerable.Range(0, 60), rig.Numbers.Order());
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_clock_set_back_and_a_file_from_the_future_lose_nothing()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        File.SetLastWriteTimeUtc(rig["audit.log"], rig.Clock.GetUtcNow().UtcDateTime.AddYears(5));
        rig.Poll().Restart();
        rig.Move("audit.log", "audit.log.2");
        rig.Write("audit.log.1", 1);
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1, 2], rig.Numbers.Order());
        AssertClean(rig);
    }

    [LinuxFact]
    public void When_smb_conf_names_another_file_the_old_one_is_read_to_its_end()
    {
        using var folder = new TestSupport.TemporaryFolder();
        var log = folder["old.log"];
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var source = new SambaAuditSource(
            () => log,
            TimeSpan.FromSeconds(1),
            clock,
            new OwnConnections(clock),
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SambaAuditSource>.Instance);
        File.AppendAllText(log, LogRig.Line(0));
        var first = source.Read(new AuditStart(null, DateTimeOffset.MinValue), TestContext.Current.CancellationToken);
        File.AppendAllText(log, LogRig.Line(1));
        log = folder["new.log"];
        File.AppendAllText(log, LogRig.Line(2));
        clock.Advance(TimeSpan.FromMinutes(2));
        var second = source.Read(new AuditStart(first.Position, DateTimeOffset.MinValue), TestContext.Current.CancellationToken);

        Assert.Equal([1, 2], second.Records.Select(LogRig.NumberOf));
        Assert.Empty(second.Gaps);
        Assert.EndsWith("new.log", source.Description);
    }
}
