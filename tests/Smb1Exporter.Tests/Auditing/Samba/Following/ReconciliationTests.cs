using System.Text;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.Files;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class ReconciliationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_rotation_that_overwrote_a_file_nobody_saw_is_a_gap()
    {
        // Ours (1) was overwritten at 12:00:05, but the oldest file there was born at that moment: what overwrote it is gone.
        var plan = Plan(
            [Known(1, 100)],
            Seen(1, 100, "audit.log", named: false, links: 0, changed: 5),
            Seen(3, 200, "audit.log.old", born: 5),
            Seen(4, 50, "audit.log", born: 8));

        Assert.Contains("rotated several times", Assert.Single(plan.Gaps).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_caught_by_its_handle_alone_shows_that_what_overwrote_it_was_lost()
    {
        var plan = Plan(
            [Known(1, 100)],
            Seen(1, 100, "audit.log", named: false, links: 0, changed: 5),
            Seen(2, 100, "audit.log", named: false, links: 0, changed: 8, born: 3),
            Seen(4, 200, "audit.log.old", born: 9),
            Seen(5, 50, "audit.log", born: 10));

        Assert.Single(plan.Gaps);
    }

    [Fact]
    public void A_rotation_whose_every_file_is_there_is_no_gap()
    {
        var plan = Plan(
            [Known(1, 100)],
            Seen(1, 100, "audit.log", named: false, links: 0, changed: 5),
            Seen(2, 200, "audit.log.old", born: 3),
            Seen(4, 50, "audit.log", born: 5));

        Assert.Empty(plan.Gaps);
        Assert.Equal([100, 0, 0], plan.Bookmarks.OrderBy(file => file.Identity.Inode).Select(file => file.Offset));
    }

    [Fact]
    public void A_file_removed_by_hand_and_created_anew_is_no_missed_rotation()
    {
        var plan = Plan(
            [Known(1, 100)], Seen(1, 100, "audit.log", named: false, links: 0, changed: 5), Seen(2, 200, "audit.log", born: 6));

        Assert.Empty(plan.Gaps);
    }

    [Fact]
    public void A_missed_rotation_is_told_once()
    {
        ObservedFile[] seen =
        [
            Seen(1, 100, "audit.log", named: false, links: 0, changed: 5),
            Seen(3, 200, "audit.log.old", born: 5),
        ];
        var first = Plan([Known(1, 100)], seen);
        var second = Plan([.. first.Bookmarks.Where(file => file.Identity.Inode == 1)], seen);

        Assert.Single(first.Gaps);
        Assert.Empty(second.Gaps);
    }

    [Theory]
    [InlineData(-2, true, false, false)] // rotated and unwritten for days: nobody writes there any more
    [InlineData(-2, false, true, false)] // unwritten for days, and looked at a moment ago
    [InlineData(-2, false, false, true)]
    [InlineData(-0.5, true, true, true)]
    public void Only_a_file_that_was_long_settled_may_vanish_without_a_gap(double writtenDays, bool rotated, bool continuous, bool gap)
    {
        var known = Known(1, 100) with { IsRotated = rotated, Written = Noon.AddDays(writtenDays).UtcTicks };

        var plan = Plan([known], continuous, Seen(2, 10, "audit.log"));

        Assert.Equal(gap ? 1 : 0, plan.Gaps.Count);
    }

    [Fact]
    public void A_file_with_unread_bytes_never_vanishes_without_a_gap()
    {
        var known = Known(1, 100) with { IsRotated = true, Size = 150, Written = Noon.AddDays(-9).UtcTicks };

        var plan = Plan([known], continuous: true, Seen(2, 10, "audit.log"));

        Assert.Contains("50 bytes unread", Assert.Single(plan.Gaps).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_device_number_after_a_start_of_the_machine_is_the_same_file()
    {
        var moved = Seen(1, 100, "audit.log");
        moved = moved with { Status = moved.Status with { Identity = moved.Status.Identity with { Device = 99 } } };

        var plan = Plan([Known(1, 100)], moved);

        Assert.Empty(plan.Gaps);
        Assert.Equal((99ul, 100L), Assert.Single(plan.Bookmarks.Select(file => (file.Identity.Device, file.Offset))));
    }

    [Fact]
    public void An_inode_given_out_again_is_another_file()
    {
        var reborn = Seen(1, 300, "audit.log", born: 9) with { Opened = Holding(HeadOf(2, 300)) };

        var plan = Plan([Known(1, 100)], reborn);

        Assert.Single(plan.Gaps);
        Assert.Equal(0, plan.Bookmarks.Single(file => file.Role != FileRole.Vanished).Offset);
    }

    [Fact]
    public void Vanished_files_are_remembered_up_to_a_limit_and_told_once()
    {
        var known = Enumerable.Range(1, 200).Select(inode => Known((ulong)inode, 100) with { Path = $"/logs/log.{inode}" }).ToList();
        var first = Plan(known, Seen(500, 10, "log.x"));
        var second = Plan(first.Bookmarks, Seen(500, 10, "log.x"));

        Assert.Equal(200, first.Gaps.Count);
        Assert.Equal(Reconciliation.VanishedLimit + 1, first.Bookmarks.Count);
        Assert.Empty(second.Gaps);
        Assert.Equal(first.Bookmarks.Select(file => file.Path).Order(), second.Bookmarks.Select(file => file.Path).Order());
    }

    private static Bookmark Known(ulong inode, long offset)
    {
        var head = HeadOf(inode, offset);
        return new Bookmark
        {
            Path = "/logs/audit.log",
            Identity = new FileIdentity(1, inode, Noon.UtcTicks),
            Offset = offset,
            Size = offset,
            Written = Noon.UtcTicks,
            HeadLength = head.Length,
            Head = Fingerprint.Of(head),
        };
    }

    private static ObservedFile Seen(
        ulong inode, long size, string name, bool named = true, uint links = 1, int changed = 0, int born = 0) =>
        new(
            $"/logs/{name}",
            new FileStatus(
                new FileIdentity(1, inode, Noon.AddSeconds(born).UtcTicks), size, Noon.UtcTicks, Noon.AddSeconds(changed).UtcTicks, links, FileKind.Regular),
            IsRotated: name != "audit.log",
            named,
            IsChanged: true,
            Holding(HeadOf(inode, size)));

    private static Lazy<ILogContent?> Holding(byte[] content) => new(() => new MemoryContent(content));

    private static byte[] HeadOf(ulong inode, long size) =>
        Encoding.ASCII.GetBytes($"file {inode}\n".PadRight((int)Math.Min(size, Fingerprint.Length), 'x'));

    private static FollowPlan Plan(IReadOnlyList<Bookmark> known, params ObservedFile[] seen) => Plan(known, continuous: false, seen);

    private static FollowPlan Plan(IReadOnlyList<Bookmark> known, bool continuous, params ObservedFile[] seen) =>
        Reconciliation.Make(new LookSituation(
            FollowedLog.Empty.With(new LastLook { Looked = Noon.UtcTicks, Mark = Noon.UtcTicks }, known, out _),
            IsFirstRun: false,
            Noon.AddHours(-1),
            continuous,
            HasSeveralLogs: false,
            WasQuiet: _ => false,
            seen));

    /// <summary>A file that has nothing but its beginning.</summary>
    private sealed class MemoryContent(byte[] content) : ILogContent
    {
        public ReadOnlyMemory<byte> Head => content;

        public bool Holds(LineMark mark) => false;

        public long? FindBehind(LineMark mark) => null;

        public long? FirstRecord => null;

        public long? FindFirstRecordOf(ILogContent other, long from) => null;

        public LineMark? LastRecordBefore(long offset) => null;

        public long CommonLength(long from, ILogContent other, long otherFrom) => 0;

        public int Read(Span<byte> buffer, long offset) => 0;
    }
}
