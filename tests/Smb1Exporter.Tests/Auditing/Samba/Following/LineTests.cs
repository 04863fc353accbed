using System.Text;
using Smb1Exporter.Auditing;
using static Smb1Exporter.Tests.Auditing.Samba.Following.RotationTests;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class LineTests
{
    [LinuxFact]
    public void A_partial_last_line_is_read_when_it_is_complete()
    {
        using var rig = new LogRig();
        var line = LogRig.Line(rig.Next());
        foreach (var part in line.Chunk(100))
        {
            rig.Append("audit.log", new string(part));
            rig.Poll();
            rig.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_record_cut_off_at_the_end_of_a_rotated_file_is_incomplete_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Append("audit.log", LogRig.Line(rig.Next())[..100]);
        rig.Poll();
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        for (var i = 0; i < 5; i++)
        {
            rig.Poll();
            rig.Clock.Advance(TimeSpan.FromSeconds(6));
        }

        rig.Restart().Poll();
        rig.Clock.Advance(TimeSpan.FromSeconds(6));
        rig.Poll();

        var error = Assert.Single(rig.Errors);
        Assert.Equal(ReadErrorReason.Incomplete, error.Reason);
        Assert.Equal($"{rig["audit.log.old"]} byte {LogRig.Line(0).Length}", error.Place);
        Assert.Equal([0, 2], rig.Numbers);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_record_cut_off_at_the_end_of_a_removed_file_is_incomplete_and_no_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Append("audit.log", LogRig.Line(rig.Next())[..100]);
        rig.Poll();
        File.Delete(rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Clock.Advance(TimeSpan.FromSeconds(6));
        rig.Poll().Restart().Poll();

        Assert.Equal(ReadErrorReason.Incomplete, Assert.Single(rig.Errors).Reason);
        Assert.Equal([0, 2], rig.Numbers);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_whole_record_at_the_end_of_a_rotated_file_counts_without_its_line_feed_and_not_again_with_it()
    {
        using var rig = new LogRig();
        rig.Append("audit.log.1", LogRig.Line(rig.Next()).TrimEnd());
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Clock.Advance(TimeSpan.FromSeconds(6));
        rig.Poll();
        rig.Append("audit.log.1", "\n" + LogRig.Line(rig.Next()));
        rig.Poll();

        Assert.Equal([1, 0, 2], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_record_that_smbd_wrote_in_pieces_counts()
    {
        using var rig = new LogRig();
        var line = LogRig.Line(rig.Next(), account: new string('u', 9000)).TrimEnd();
        rig.Append("audit.log", string.Join(" +>\n  ", [line[..4095], line[4095..8188], line[8188..]]) + "\n");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_record_in_pieces_is_waited_for()
    {
        using var rig = new LogRig();
        var line = LogRig.Line(rig.Next(), account: new string('u', 5000));
        foreach (var part in new[] { line[..4095], " +>\n", "  ", line[4095..] })
        {
            rig.Append("audit.log", part);
            rig.Poll();
        }

        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_record_whose_second_piece_never_came_counts_by_its_first_and_is_told()
    {
        using var rig = new LogRig();
        rig.Append("audit.log", LogRig.Line(rig.Next(), account: new string('u', 5000))[..4095] + " +>\n");
        rig.Poll();
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1], rig.Numbers);
        var error = Assert.Single(rig.Errors);
        Assert.Equal((ReadErrorReason.Malformed, false), (error.Reason, error.MayHideAttempt));
    }

    [LinuxFact]
    public void Over_long_lines_are_passed_over_across_batches_and_restarts()
    {
        using var rig = new LogRig(limits: new() { ChunkBytes = 50_000, BatchBytes = 200_000 });
        rig.Write("audit.log", 1);
        rig.Append("audit.log", new string('x', 2_500_000));
        rig.Poll();
        rig.Restart();
        rig.Append("audit.log", new string('x', 300_000));
        rig.Poll();
        rig.Append("audit.log", "end\n");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1], rig.Numbers);
        Assert.Equal(ReadErrorReason.Oversized, Assert.Single(rig.Errors).Reason);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_run_of_nul_bytes_of_any_length_costs_no_record()
    {
        using var rig = new LogRig(limits: new() { BatchBytes = 300_000 });
        rig.Write("audit.log", 1);
        using (var stream = File.OpenWrite(rig["audit.log"]))
        {
            stream.SetLength(5_000_000);
        }

        rig.Poll();
        rig.Restart();
        rig.Write("audit.log", 2);
        rig.Poll();

        Assert.Equal([0, 1, 2], rig.Numbers);
        var error = Assert.Single(rig.Errors);
        Assert.Equal(ReadErrorReason.Malformed, error.Reason);
        Assert.Empty(rig.Gaps);
    }

    [LinuxFact]
    public void A_log_shared_with_other_classes_is_read_without_errors_across_restarts()
    {
        using var rig = new LogRig();
        rig.Append("audit.log", "[2026/11/23 03:40:34.064008,  1] ../../source3/smbd/service.c:350(close_cnum)\n  first line\n");
        rig.Poll().Restart();
        rig.Append("audit.log", "  second line\r\n");
        rig.Write("audit.log", 1);
        rig.Append("audit.log", "  third line\n");
        rig.Poll();

        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Garbage_is_counted_line_by_line_and_work_goes_on()
    {
        using var rig = new LogRig();
        var random = new Random(5);
        var garbage = new byte[200_000];
        random.NextBytes(garbage);
        File.WriteAllBytes(rig["audit.log"], garbage);
        rig.Append("audit.log", "\n");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0], rig.Numbers);
        Assert.All(rig.Errors, error => Assert.Equal(ReadErrorReason.Malformed, error.Reason));
        Assert.InRange(rig.Errors.Count, garbage.Count(value => value == '\n') / 2, (2 * garbage.Count(value => value == '\n')) + 2);
    }

    [LinuxFact]
    public void Batches_are_bounded_and_say_when_there_is_more()
    {
        using var rig = new LogRig(limits: new() { BatchItems = 10 });
        rig.Write("audit.log.1", 25);
        rig.Write("audit.log", 10);

        List<(int Count, bool CaughtUp)> batches = [];
        for (var i = 0; i < 5; i++)
        {
            var batch = rig.ReadOnce();
            batches.Add((batch.Records.Count, batch.CaughtUp));
            rig.Commit(batch);
        }

        Assert.Equal([(10, false), (10, false), (10, false), (5, true), (0, true)], batches);
        Assert.Equal(Enumerable.Range(0, 35), rig.Numbers.Order());
    }

    [LinuxFact]
    public void What_is_written_while_a_batch_is_read_waits_for_the_next()
    {
        using var rig = new LogRig();
        rig.Append("audit.log", LogRig.Line(rig.Next()));
        rig.FileSystem.BeforeRead = () =>
        {
            rig.FileSystem.BeforeRead = null;
            File.AppendAllText(rig["audit.log"], LogRig.Line(rig.Next()), Encoding.ASCII);
        };
        rig.Poll().Poll();

        Assert.Equal([0, 1], rig.Numbers);
    }
}
