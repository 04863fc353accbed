using static Smb1Exporter.Tests.Auditing.Samba.Following.RotationTests;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class TruncationTests
{
    [LinuxFact]
    public void A_log_that_is_looked_at_in_the_middle_of_being_trimmed_in_place_counts_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 4);
        rig.Poll();
        var rest = string.Concat(File.ReadAllLines(rig["audit.log"]).Skip(1).Select(line => line + "\n"));
        rig.Truncate("audit.log");
        rig.Poll().Poll();
        rig.Append("audit.log", rest[..40]);
        rig.Poll().Restart().Poll();
        rig.Append("audit.log", rest[40..]);
        rig.Write("audit.log", 2);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 6), rig.Numbers);
    }

    [LinuxFact]
    public void Logs_of_which_no_record_was_read_yet_do_not_take_the_copies_of_others()
    {
        using var rig = new LogRig("log.%m");
        rig.Write("log.known", 3);
        rig.Poll();
        var begun = Enumerable.Range(0, 20).Select(client => (Name: $"log.client{client:00}", Line: LogRig.Line(rig.Next()))).ToList();
        begun.ForEach(log => rig.Append(log.Name, log.Line[..37]));
        rig.Poll();
        begun.ForEach(log => rig.Append(log.Name, log.Line[37..]));
        rig.Write("log.known", 2);
        foreach (var name in begun.Select(log => log.Name).Prepend("log.known"))
        {
            rig.CopyTruncate(name, $"{name}.1");
        }

        rig.Poll();

        Assert.Equal(Enumerable.Range(0, rig.Next()), rig.Numbers.Order());
    }

    [LinuxFact]
    public void After_copytruncate_the_rest_is_read_in_the_copy_and_the_log_from_its_start()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Write("audit.log", 2);
        rig.CopyTruncate("audit.log", "audit.log.1");
        rig.Write("audit.log", 1);
        rig.Poll().Poll();
        rig.Write("audit.log", 1);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 6), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Copytruncate_while_nobody_looked_loses_nothing_even_when_the_log_has_grown_past_the_old_offset()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Write("audit.log", 2);
        rig.CopyTruncate("audit.log", "audit.log.1");
        rig.Write("audit.log", 5);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 9), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Repeated_copytruncates_count_every_record_once()
    {
        using var rig = new LogRig();
        for (var i = 0; i < 4; i++)
        {
            rig.Write("audit.log", 3);
            rig.Poll();
            rig.Write("audit.log", 2);
            if (File.Exists(rig["audit.log.1"]))
            {
                rig.Move("audit.log.1", "audit.log.2");
            }

            rig.CopyTruncate("audit.log", "audit.log.1");
            rig.Poll();
        }

        Assert.Equal(Enumerable.Range(0, 20), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Truncation_of_what_was_not_read_without_a_copy_is_a_gap_and_reading_goes_on_at_the_start()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 3);
        rig.Poll().Restart();
        rig.Truncate("audit.log");
        rig.Poll();
        rig.Write("audit.log", 2);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 5), rig.Numbers);
        Assert.Contains("truncated", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void Truncation_of_a_log_that_was_read_a_moment_ago_is_no_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 3);
        rig.Poll().Poll();
        rig.Truncate("audit.log");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 4), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Truncation_of_a_log_that_is_written_to_all_the_time_is_a_gap()
    {
        using var rig = new LogRig();
        for (var i = 0; i < 12; i++)
        {
            rig.Write("audit.log", 1);
            rig.Poll();
        }

        rig.Truncate("audit.log");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 13), rig.Numbers);
        Assert.Contains("truncated", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_log_truncated_and_grown_past_the_offset_is_recognised_by_its_beginning()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Truncate("audit.log");
        rig.Write("audit.log", 10);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 12), rig.Numbers);
        Assert.Single(rig.Gaps);
    }

    [LinuxFact]
    public void A_log_cut_in_the_middle_is_a_gap_and_replays_nothing()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 6);
        rig.Poll();
        using (var stream = File.OpenWrite(rig["audit.log"]))
        {
            stream.SetLength(4 * LogRig.Line(0).Length);
        }

        rig.Poll();
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 7), rig.Numbers);
        Assert.Single(rig.Gaps);
    }

    [LinuxFact]
    public void A_copy_of_an_intact_log_is_never_read()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 3);
        rig.Poll();
        rig.Write("audit.log", 1);
        File.Copy(rig["audit.log"], rig["audit.log.bak"]);
        rig.Write("audit.log", 1);
        rig.Poll().Restart().Poll();
        File.Copy(rig["audit.log"], rig["audit.log.bak"], overwrite: true);
        rig.Poll();
        File.SetLastWriteTimeUtc(rig["audit.log.bak"], rig.Clock.GetUtcNow().UtcDateTime);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 5), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_log_and_its_copy_found_together_on_the_first_run_are_read_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 3);
        File.Copy(rig["audit.log"], rig["audit.log.bak"]);
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 4), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_copy_in_the_making_is_not_read()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 6);
        rig.Poll();
        var bytes = File.ReadAllBytes(rig["audit.log"]);
        foreach (var length in new[] { 0, 10, 700, 1500, bytes.Length })
        {
            File.WriteAllBytes(rig["audit.log.bak"], bytes[..length]);
            rig.Poll();
        }

        Assert.Equal(Enumerable.Range(0, 6), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_log_without_its_last_line_replays_nothing_and_is_a_gap_once_it_grows()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 4);
        rig.Poll();
        var lines = File.ReadAllLines(rig["audit.log"]);
        File.WriteAllLines(rig["new"], lines[..^1]);
        rig.Move("new", "audit.log");
        rig.Poll();
        rig.Write("audit.log", 2);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 6), rig.Numbers);
        Assert.Contains("edited", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_log_whose_last_lines_are_cut_off_in_place_replays_nothing_and_is_a_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 6);
        rig.Poll();
        var lines = File.ReadAllLines(rig["audit.log"]);
        using (var stream = new FileStream(rig["audit.log"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(lines[2..^1].Select(line => line + "\n"))));
        }

        rig.Poll();
        rig.Write("audit.log", 2);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 8), rig.Numbers);
        Assert.Single(rig.Gaps);
    }

    [LinuxFact]
    public void What_is_written_to_a_copy_beyond_its_original_counts()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Move("audit.log", "audit.log.1");
        File.Copy(rig["audit.log.1"], rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 4), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_truncation_in_the_middle_of_a_read_counts_nothing_twice_and_mixes_nothing()
    {
        using var rig = new LogRig(limits: new() { ChunkBytes = 400 });
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Write("audit.log", 4);
        var reads = 0;
        rig.FileSystem.BeforeRead = () =>
        {
            if (++reads == 3)
            {
                rig.CopyTruncate("audit.log", "audit.log.1");
                rig.Write("audit.log", 9);
            }
        };
        rig.Poll();

        Assert.True(reads > 3);
        Assert.Equal(Enumerable.Range(0, 15), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_rotation_in_the_middle_of_a_look_is_no_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        var looks = 0;
        rig.FileSystem.AfterList = () =>
        {
            if (++looks == 1)
            {
                rig.CopyTruncate("audit.log", "audit.log.1");
                rig.Write("audit.log", 1);
            }
        };
        rig.Poll();

        Assert.Equal([0, 1, 2], rig.Numbers);
        AssertClean(rig);
    }
}
