namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class RotationTests
{
    [LinuxFact]
    public void What_is_appended_is_read_once()
    {
        using var rig = new LogRig();
        var written = rig.Write("audit.log", 3).ToList();
        rig.Poll().Poll();
        written.AddRange(rig.Write("audit.log", 2));
        rig.Poll().Restart().Poll();

        Assert.Equal(written, rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void The_rest_of_a_renamed_file_is_read_before_the_new_one_and_late_writes_to_it_after()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Write("audit.log", 2);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Write("audit.log.old", 1);
        rig.Poll().Restart();
        rig.Write("audit.log.old", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 7), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void The_rest_of_a_file_overwritten_by_the_next_rotation_is_read_through_the_open_handle()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        using var late = File.OpenHandle(rig["audit.log"]);
        rig.Write("audit.log", 2);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 2);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 2);
        rig.Poll();
        File.AppendAllText($"/proc/self/fd/{late.DangerousGetHandle()}", LogRig.Line(rig.Next()));
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 9), rig.Numbers.Order());
        AssertClean(rig);
    }

    [LinuxFact]
    public void Several_rotations_while_nobody_looked_lose_nothing_that_is_still_there()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.1");
        rig.Write("audit.log", 1);
        rig.Move("audit.log.1", "audit.log.2");
        rig.Move("audit.log", "audit.log.1");
        rig.Write("audit.log", 1);
        rig.Move("audit.log.2", "audit.log-20261122");
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 5), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void The_usual_rotation_by_smbd_while_nobody_looked_is_no_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal(Enumerable.Range(0, 6), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Two_rotations_by_smbd_while_nobody_looked_are_one_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Poll().Poll();

        Assert.Equal([0, 1, 2, 3, 5, 6], rig.Numbers);
        Assert.Single(rig.Gaps);
    }

    [LinuxFact]
    public void A_file_overwritten_between_two_looks_without_having_been_seen_is_a_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Move("audit.log", "audit.log.old");
        rig.Source.Dispose(); // Its watcher would have opened the next file in time.
        var stale = rig.Position;
        rig.Restart();
        rig.Position = stale;
        rig.Write("audit.log", 1);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Contains("removed while nobody looked", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
        Assert.Equal([0, 1, 2, 3], rig.Numbers);
    }

    [LinuxFact]
    public void A_removed_file_read_to_its_end_through_the_open_handle_is_no_gap_even_after_a_restart()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        rig.Write("audit.log", 2);
        File.Delete(rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll().Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 5), rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_file_removed_while_nobody_looked_is_a_gap_reported_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        File.Delete(rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll().Poll().Restart().Poll();

        var gap = Assert.Single(rig.Gaps);
        Assert.Equal(rig["audit.log"], gap.Place);
        Assert.Equal([0, 1, 2], rig.Numbers);
    }

    [LinuxFact]
    public void A_removed_file_that_was_not_read_to_its_end_is_a_gap_that_says_how_much()
    {
        using var rig = new LogRig(limits: new() { BatchItems = 2 });
        rig.Write("audit.log", 5);
        rig.Commit(rig.ReadOnce());
        rig.Restart();
        File.Delete(rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Contains($"{3 * LogRig.Line(0).Length} bytes unread", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
        Assert.Equal([0, 1, 5], rig.Numbers);
    }

    [LinuxFact]
    public void A_log_moved_away_and_back_replays_nothing()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        Directory.CreateDirectory(rig["elsewhere"]);
        rig.Move("audit.log", "elsewhere/audit.log");
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Move("elsewhere/audit.log", "audit.log");
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1, 2, 3], rig.Numbers);
    }

    [LinuxFact]
    public void A_log_replaced_by_its_copy_while_nobody_looked_replays_nothing_and_is_a_gap()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll().Restart();
        rig.Write("audit.log", 1);
        File.Copy(rig["audit.log"], rig["audit.log.1"]);
        File.Delete(rig["audit.log"]);
        rig.Write("audit.log", 1);
        rig.Poll();

        Assert.Equal([0, 1, 2, 3], rig.Numbers);
        Assert.Contains("copy", Assert.Single(rig.Gaps).Detail, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void An_old_log_unpacked_beside_the_log_is_not_read()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        rig.Poll();
        rig.Write("audit.log.7", 3);
        File.SetLastWriteTimeUtc(rig["audit.log.7"], rig.Clock.GetUtcNow().UtcDateTime.AddDays(-3));
        rig.Poll();
        rig.Append("audit.log.7", LogRig.Line(rig.Next()));
        rig.Poll();

        Assert.Equal([0, 4], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void Compressed_rotations_are_left_alone()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 1);
        File.WriteAllBytes(rig["audit.log.1.gz"], []);
        rig.Poll();
        File.WriteAllBytes(rig["audit.log.1.gz"], [0x1f, 0x8b, 8, 0, .. "  {\"timestamp\"\n"u8]);
        File.WriteAllBytes(rig["audit.log.2.xz"], [0xfd, .. "7zXZ\0"u8, .. "  {\"timestamp\"\n"u8]);
        rig.Poll();

        Assert.Equal([0], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxTheory]
    [InlineData("audit.nas.z")]
    [InlineData("audit.archive.zip")]
    [InlineData("audit.X.GZ.1")]
    public void A_log_of_a_client_that_is_called_like_a_compressed_file_is_read(string name)
    {
        using var rig = new LogRig("audit.%m");
        rig.Write("audit.other", 1);
        rig.Append(name, "");
        rig.Poll();
        rig.Write(name, 2);
        rig.Poll();

        Assert.Equal([0, 1, 2], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_log_reached_through_a_symbolic_link_is_followed_through_rotation()
    {
        using var rig = new LogRig();
        Directory.CreateDirectory(rig["real"]);
        rig.Write("real/first", 2);
        File.CreateSymbolicLink(rig["audit.log"], rig["real/first"]);
        rig.Poll();
        rig.Write("real/first", 1);
        rig.Move("audit.log", "audit.log.old");
        rig.Write("audit.log", 1);
        rig.Poll().Restart().Poll();

        Assert.Equal([0, 1, 2, 3], rig.Numbers);
        AssertClean(rig);
    }

    [LinuxFact]
    public void A_file_with_two_names_is_read_once()
    {
        using var rig = new LogRig();
        rig.Write("audit.log", 2);
        rig.Poll();
        using (var link = System.Diagnostics.Process.Start("ln", [rig["audit.log"], rig["audit.log.old"]]))
        {
            link.WaitForExit();
        }

        rig.Write("audit.log", 1);
        rig.Poll().Restart().Poll();

        Assert.Equal([0, 1, 2], rig.Numbers);
        AssertClean(rig);
    }

    internal static void AssertClean(LogRig rig)
    {
        Assert.Empty(rig.Gaps);
        Assert.Empty(rig.Errors);
    }
}
