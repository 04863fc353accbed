using System.Text;
using CsCheck;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

public class RecordReaderTests
{
    private const string Good =
        """{"timestamp": "2026-11-23T04:46:05.892406+0100", "type": "Authorization", "Authorization": {"remoteAddress": "ipv6:fe80::1:50445", "serviceDescription": "SMB"}}""";

    [Fact]
    public void The_recorded_log_of_a_real_smbd_holds_eight_records_of_four_smb1_connections()
    {
        var (records, errors) = Parse(Samples.Read("samba-auth-audit.log").Split('\n'));

        Assert.Empty(errors);
        Assert.Equal(8, records.Count);
        Assert.Equal(
            ["ipv4:127.0.0.1:47754", "ipv4:127.0.0.1:47762", "ipv4:127.0.0.1:47766", "ipv4:127.0.0.1:47770"],
            records.Select(record => record.Connection).Distinct());
        Assert.All(records, record => Assert.Equal("127.0.0.1", record.Client));
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 4, 46, 5, TimeSpan.Zero).AddTicks(8924060), records[0].Time);
        Assert.Equal("log byte 0", records[0].Place);
    }

    [Fact]
    public void A_record_gives_client_connection_and_time_in_utc()
    {
        var record = Assert.Single(Parse("  " + Good + "\r").Records);

        Assert.Equal(AuditRecordKind.Attempt, record.Kind);
        Assert.Equal("fe80::1", record.Client);
        Assert.Equal("ipv6:fe80::1:50445", record.Connection);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 3, 46, 5, TimeSpan.Zero).AddTicks(8924060), record.Time);
        Assert.Equal(TimeSpan.Zero, record.Time.Offset);
        Assert.Equal(1, record.Count);
    }

    [Theory]
    [InlineData("\"SCANNER01\"", "SCANNER01")]
    [InlineData("\"\\\\\\\\SCANNER01\"", "\\\\SCANNER01")]
    [InlineData("null", null)]
    [InlineData("17", null)]
    [InlineData("{\"a\": [1]}", null)]
    [InlineData("\"\\ud800\"", null)]
    public void Whatever_a_client_calls_itself_its_record_counts(string json, string? name)
    {
        var line = Good.Replace("\"serviceDescription\"", $"\"workstation\": {json}, \"serviceDescription\"", StringComparison.Ordinal);
        var (records, errors) = Parse(line);
        Assert.Empty(errors);
        Assert.Equal(name, Assert.Single(records).ClientName);
    }

    [Theory]
    [InlineData("2026-11-23T04:46:05+0000", "2026-11-23T04:46:05.0000000Z")]
    [InlineData("2026-11-23T04:46:05.5-0330", "2026-11-23T08:16:05.5000000Z")]
    [InlineData("2026-11-23T04:46:05.892406+01:00", "2026-11-23T03:46:05.8924060Z")]
    [InlineData("2026-11-23T04:46:05.892406Z", "2026-11-23T04:46:05.8924060Z")]
    public void Times_are_read_with_and_without_fraction_and_in_any_zone(string text, string expected)
    {
        var record = Assert.Single(Parse(Good.Replace("2026-11-23T04:46:05.892406+0100", text, StringComparison.Ordinal)).Records);

        Assert.Equal(expected, record.Time.UtcDateTime.ToString("O"));
    }

    [Theory]
    [InlineData("2026-11-23T04:46:05.892406")]
    [InlineData("2026-13-23T04:46:05.892406+0000")]
    [InlineData("0001-01-01T00:00:00.000000+1400")]
    [InlineData("yesterday")]
    [InlineData("")]
    public void A_record_without_a_usable_time_is_malformed(string text) =>
        Assert.Equal((ReadErrorReason.Malformed, true), Told(OnlyError(Good.Replace("2026-11-23T04:46:05.892406+0100", text, StringComparison.Ordinal))));

    [Theory]
    [InlineData("\"serviceDescription\": \"SMB\"", "\"serviceDescription\": \"SMB2\"")]
    [InlineData("\"serviceDescription\": \"SMB\"", "\"serviceDescription\": \"smb\"")]
    [InlineData("\"serviceDescription\": \"SMB\"", "\"serviceDescription\": \"DCE/RPC\"")]
    [InlineData("\"serviceDescription\": \"SMB\"", "\"serviceDescription\": null")]
    [InlineData("\"type\": \"Authorization\"", "\"type\": \"KDC Authorization\"")]
    [InlineData("\"type\": \"Authorization\"", "\"type\": \"dsdbChange\"")]
    public void Other_services_and_other_records_are_not_ours(string ours, string other)
    {
        var (records, errors) = Parse(Good.Replace(ours, other, StringComparison.Ordinal));

        Assert.Empty(records);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"ipv4:10.0.0.1\"")]
    [InlineData("\"ipv4::445\"")]
    [InlineData("\"ipv4:10.1:445\"")]
    [InlineData("\"ipv4:fe80::1:445\"")]
    [InlineData("\"ipv4:10.0.0.1:99999\"")]
    [InlineData("\"ipv4:10.0.0.1\\n:5\"")]
    [InlineData("\"ipv6:[fe80::1]:445\"")]
    [InlineData("\"unix:/run/samba/socket\"")]
    public void An_smb1_record_without_a_usable_address_is_of_a_client_that_is_not_known(string address)
    {
        var (records, errors) = Parse(Good.Replace("\"ipv6:fe80::1:50445\"", address, StringComparison.Ordinal));

        Assert.Empty(errors);
        var record = Assert.Single(records);
        Assert.Equal("", record.Client);
        Assert.Contains("remoteAddress", record.ClientProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_smb1_record_with_no_address_at_all_is_of_a_client_that_is_not_known()
    {
        var (records, _) = Parse(Good.Replace("\"remoteAddress\": \"ipv6:fe80::1:50445\", ", "", StringComparison.Ordinal));

        Assert.Equal(("", "the SMB1 record has no remoteAddress"), records.Select(record => (record.Client, record.ClientProblem)).Single());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("{\"timestamp\": 5, \"type\": \"Authorization\", \"Authorization\": {\"serviceDescription\": \"SMB\"}}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\"}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Authorization\"}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Authorization\", \"Authorization\": [1]}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Authorization\", \"Authorization\": {\"serviceDescription\": 1}}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Authorization\", \"Authorization\": {\"serviceDescription\": \"\\ud800\"}}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Authorization\", \"type\": \"Authorization\"}")]
    [InlineData("{\"timestamp\": \"2026-11-23T04:46:05+0000\", \"type\": \"Auth")]
    public void Broken_records_are_malformed_and_may_hide_an_attempt(string line) =>
        Assert.Equal((ReadErrorReason.Malformed, true), Told(OnlyError(line)));

    [Fact]
    public void Deep_nesting_is_malformed() =>
        Assert.Equal((ReadErrorReason.Malformed, true), Told(OnlyError("{\"timestamp\": " + new string('[', 60_000))));

    [Fact]
    public void A_record_that_is_too_long_reads_the_same_whether_its_end_is_in_sight_or_not()
    {
        var text = Encoding.UTF8.GetBytes(
            Good.Replace("\"SMB\"", "\"SMB2\", \"name\": " + new string(' ', 2 * RecordReader.LongestLine) + "null", StringComparison.Ordinal) + "\n" + Good + "\n");
        var whole = Read(text);

        var batch = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));
        var reader = new RecordReader("log", batch);
        var done = reader.Read(text.AsSpan(0, RecordReader.LongestLine + 100), 0, default);
        reader.Read(text.AsSpan(done), done, reader.State);

        Assert.Equal(whole.Records, batch.Records);
        Assert.Equal(whole.Errors, batch.Errors);
    }

    [Fact]
    public void A_last_line_whose_record_begins_across_two_pieces_is_read_from_its_beginning_when_it_has_grown()
    {
        var batch = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));

        var done = new RecordReader("log", batch).ReadLast("  {\"time +>\n  stamp\": \"2026"u8, 0, default);

        Assert.Equal(0, done);
        Assert.Single(batch.Errors);
    }

    [Fact]
    public void The_excerpt_of_a_broken_line_is_short_and_printable()
    {
        var error = Assert.Single(Parse("\u001b[31m\tbad \"ü\" \u202e" + new string('x', 500)).Errors);

        var excerpt = error.Detail[(error.Detail.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        Assert.InRange(excerpt.Length, 100, 120);
        Assert.StartsWith(@"\x1b[31m\x09bad ""\xc3\xbc""", excerpt);
        Assert.All(excerpt[..^1], character => Assert.InRange(character, ' ', '~'));
    }

    [Theory]
    [InlineData("  {\"timestamp\": \"2026-11-23T04:46:05.892406+0000\", \"type\": \"Authen  ")]
    [InlineData("\0\0\0\0")]
    [InlineData("  {\"timestamp\": \"2026-11-23T04\0\0\0\0")]
    [InlineData("x")]
    public void A_whole_record_behind_a_cut_one_is_recovered_and_the_damage_counted_once(string damage)
    {
        var (records, errors) = Parse(damage + Good);

        Assert.Equal("fe80::1", Assert.Single(records).Client);
        Assert.Equal(ReadErrorReason.Malformed, Assert.Single(errors).Reason);
    }

    [Fact]
    public void Two_records_on_a_line_that_lost_its_feed_both_count()
    {
        var (records, errors) = Parse(Good + "  " + Good.Replace("fe80::1", "fe80::2", StringComparison.Ordinal));

        Assert.Equal(["fe80::1", "fe80::2"], records.Select(record => record.Client));
        Assert.Empty(errors);
    }

    [Fact]
    public void Text_under_the_header_of_another_class_is_not_ours_and_records_in_between_are()
    {
        var (records, errors) = Parse(
            "[2026/11/23 03:40:34.064008,  1] ../../source3/smbd/service.c:350(close_cnum)",
            "  127.0.0.1 (ipv4:127.0.0.1:40000) closed connection to service share",
            "  " + Good,
            "  client sent: " + Good,
            "[2026/11/23 03:40:34.064008,  3, pid=12, class=auth_json_audit] ../../lib/audit_logging/audit_logging.c:95(audit_log_json)",
            "  " + Good);

        Assert.Equal(2, records.Count);
        Assert.Empty(errors);
    }

    [Fact]
    public void Text_that_belongs_to_no_other_class_is_malformed()
    {
        var (_, errors) = Parse(
            "[2026/11/23 03:40:34.064008,  3] ../../lib/audit_logging/audit_logging.c:95(audit_log_json)",
            "  what is this",
            "",
            "   \r");

        Assert.Equal(ReadErrorReason.Malformed, Assert.Single(errors).Reason);
    }

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var good = Encoding.UTF8.GetBytes(Good);
        var damaged =
            from changes in Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 8]
            from cut in Gen.Int[0, good.Length]
            from keep in Gen.Int[0, good.Length]
            select Damage(good, changes, cut, keep);
        Gen.OneOf(damaged, Gen.Byte.Array[0, 300]).Sample(
            line =>
            {
                var (records, errors) = Read([.. line, (byte)'\n']);
                return records.Count <= 2 && errors.Count <= 1 + (2 * line.Count(value => value is (byte)'\n' or (byte)'{')) + line.Count(value => value == 0)
                    && errors.TrueForAll(error => error.Detail.Length <= 250);
            },
            iter: 20_000);
    }

    private static byte[] Damage(byte[] good, (int, byte)[] changes, int cut, int keep)
    {
        var copy = good.ToArray();
        foreach (var (at, value) in changes)
        {
            copy[at] = value;
        }

        return [.. copy[..cut], .. copy[..keep]];
    }

    private static (ReadErrorReason Reason, bool MayHideAttempt) Told(AuditReadError error) => (error.Reason, error.MayHideAttempt);

    private static AuditReadError OnlyError(string line)
    {
        var (records, errors) = Parse(line);
        Assert.Empty(records);
        return Assert.Single(errors);
    }

    private static (List<AuditRecord> Records, List<AuditReadError> Errors) Parse(params string[] lines) =>
        Read(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    private static (List<AuditRecord> Records, List<AuditReadError> Errors) Read(ReadOnlySpan<byte> text)
    {
        var batch = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));
        var done = new RecordReader("log", batch).Read(text, 0, default);
        Assert.Equal(text.Length, done);
        return (batch.Records, batch.Errors);
    }
}
