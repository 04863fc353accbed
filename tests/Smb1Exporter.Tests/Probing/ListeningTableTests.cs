using System.Globalization;
using System.Net;
using System.Text;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

public sealed class ListeningTableTests
{
    [Fact]
    public void Of_a_real_list_only_what_listens_is_taken()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "recorded on a machine of the other byte order");

        var (rows, complete) = Read(Samples.Read("proc-net-tcp"));

        Assert.True(complete);
        Assert.Equal(
            [new ListeningRow(IPAddress.Loopback, 31445, 14894568), new ListeningRow(IPAddress.Loopback, 31139, 14894569)], rows);
    }

    [Fact]
    public void The_list_for_IPv6_is_read_too()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "recorded on a machine of the other byte order");

        var (rows, complete) = Read(Samples.Read("proc-net-tcp6"));

        Assert.True(complete);
        Assert.Equal(
            [new ListeningRow(IPAddress.IPv6Loopback, 31139, 14894567), new ListeningRow(IPAddress.IPv6Loopback, 31445, 14894566)], rows);
    }

    [Fact]
    public void An_IPv6_socket_bound_to_an_IPv4_address_counts_as_IPv4()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "recorded on a machine of the other byte order");

        Assert.Equal(
            [new ListeningRow(IPAddress.Parse("10.0.0.1"), 445, 5)],
            Read(FakeProc.Heading + FakeProc.Row("0000000000000000FFFF00000100000A:01BD", 5)).Rows);
    }

    [Theory]
    [InlineData("   0: 0100007F:01BD 00000000:0000 0A\n")]
    [InlineData("   0: 0100007:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1\n")]
    [InlineData("   0: 0100007F:XXXX 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 5 1\n")]
    [InlineData("   0: 0100007F:01BD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 x5 1\n")]
    [InlineData("   0: 0100007F:01BD 00000000:0000 LISTEN 00000000:00000000 00:00000000 00000000     0        0 5 1\n")]
    [InlineData("\n")]
    [InlineData("   0: 0100007F:01BD 00000000:0000 0A 00000000:00000000")]
    public void A_row_of_another_form_is_not_passed_over_in_silence(string row)
    {
        var (rows, complete) = Read(FakeProc.Heading + row + FakeProc.Row("0100007F:008B", 7));

        Assert.False(complete);
        Assert.True(rows.Count <= 1);
    }

    [Fact]
    public void A_list_that_has_no_end_is_given_up()
    {
        using var endless = new EndlessList();

        Assert.False(ListeningTable.Read(endless, []));
    }

    [Fact]
    public void A_line_that_has_no_end_is_given_up() => Assert.False(Read(FakeProc.Heading + new string('x', 10_000_000)).Complete);

    [Fact]
    public void Rows_are_read_whole_however_the_list_comes_in_pieces()
    {
        Assert.SkipUnless(BitConverter.IsLittleEndian, "recorded on a machine of the other byte order");
        var text = FakeProc.Heading + string.Concat(Enumerable.Range(1, 3000).Select(i => FakeProc.Row($"0100007F:{i.ToString("X4", CultureInfo.InvariantCulture)}", i)));

        var (rows, complete) = Read(text);

        Assert.True(complete);
        Assert.Equal(Enumerable.Range(1, 3000), rows.Select(row => row.Port));
        Assert.All(rows, row => Assert.Equal((ulong)row.Port, row.Inode));
    }

    private static (List<ListeningRow> Rows, bool Complete) Read(string text)
    {
        var rows = new List<ListeningRow>();
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes(text));
        return (rows, ListeningTable.Read(stream, rows));
    }

    /// <summary>Rows of connections for ever.</summary>
    private sealed class EndlessList : MemoryStream
    {
        private static readonly byte[] Text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(FakeProc.Row("0100007F:01BD", 1, state: "01"), 100)));
        private int _at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var length = Math.Min(count, Text.Length - _at);
            Text.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset));
            _at = (_at + length) % Text.Length;
            return length;
        }
    }
}
