using System.Text;
using CsCheck;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>What several processes, other debug classes, old versions and clients of smbd make of a log's text.</summary>
public class LogTextTests
{
    private const string OtherHeader = "[2026/11/28 03:40:34.064008,  1] ../../source3/smbd/service.c:350(close_cnum)\n";

    /// <summary>smbd's buffer: of a longer message it writes pieces.</summary>
    private const int Piece = 4095;

    [Fact]
    public void Records_that_the_next_message_was_glued_to_count()
    {
        const string Message = "[2026/11/28 03:40:34.064008,  3] lib/util/access.c:371(allow_access)\n  Allowed connection from 10.0.0.1 (10.0.0.1)\n";

        var (records, errors) = Read(Record("10.0.0.1") + Message + "\n" + Record("10.0.0.2") + Message + Record("10.0.0.3") + "\n" + Message);

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], Clients(records));
        Assert.Empty(errors);
    }

    [Fact]
    public void Records_without_line_feeds_between_them_all_count()
    {
        var (records, errors) = Read(Record("10.0.0.1") + Record("10.0.0.2", "SMB2") + Record("10.0.0.3") + "\n");

        Assert.Equal(["10.0.0.1", "10.0.0.3"], Clients(records));
        Assert.Empty(errors);
    }

    [Fact]
    public void Long_records_whose_pieces_two_processes_wrote_in_turns_both_count()
    {
        var one = Pieces(Record("10.0.0.1", account: new string('a', 6000)));
        var two = Pieces(Record("10.0.0.2", account: new string('b', 6000)));

        var (records, errors) = Read(one[0] + two[0] + one[1] + two[1] + Record("10.0.0.3") + "\n");

        Assert.Equal(["10.0.0.1", "10.0.0.2", "10.0.0.3"], Clients(records));
        Assert.All(errors, error => Assert.False(error.MayHideAttempt));
    }

    [Fact]
    public void A_name_that_looks_like_a_header_where_smbd_begins_a_piece_hides_nothing()
    {
        const string Fake = "[2026/11/28 03:40:34,  3] x.c:1(y)";
        var before = Record("10.0.0.1", account: "");
        var start = before.IndexOf("\"clientAccount\": \"", StringComparison.Ordinal) + "\"clientAccount\": \"".Length;
        var account = new string('a', Piece - start) + Fake + new string('a', 100);
        var pieces = Pieces(Record("10.0.0.1", account: account));
        Assert.StartsWith("  " + Fake, pieces[1]);

        var (records, errors) = Read(string.Concat(pieces) + Record("10.0.0.2") + "\n");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], Clients(records));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(2, "Authentication for user [x\n", "\n  ] FAILED with error NT_STATUS_NO_SUCH_USER\n")]
    [InlineData(2, "Authentication for user [x]\n", "\n  [] FAILED with error NT_STATUS_NO_SUCH_USER\n")]
    [InlineData(3, "Couldn't find user 'x\n", "\n  ' in passdb.\n")]
    [InlineData(3, "Checking password for unmapped user [x\n", "\n")]
    [InlineData(5, "Finding user x\n", "\n")]
    public void A_record_that_a_client_may_have_written_into_smbds_text_does_not_count(int level, string before, string after)
    {
        var forged = $"[2026/11/28 03:40:34.064008,  {level}] ../../source3/auth/auth.c:344(auth_check_ntlm_password)\n  {before}" + Record("10.66.6.6") + after;

        var (records, errors) = Read(forged + OtherHeader + "  closed\n" + Record("10.0.0.1") + "\n");

        Assert.Equal(["10.0.0.1"], Clients(records));
        var error = Assert.Single(errors);
        Assert.True(error.MayHideAttempt);
        Assert.Contains("a file of its own", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_between_whole_messages_of_smbd_counts_once_nothing_goes_on_around_it()
    {
        var batch = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));
        var reader = new RecordReader("log", batch);
        var text = Encoding.UTF8.GetBytes("[2026/11/28 03:40:34.064008,  3] x.c:1(y)\n  user [x] found\n" + Record("10.0.0.1") + "\n");

        var done = reader.Read(text, 0, default);
        Assert.Empty(batch.Records);
        done += reader.Read(text.AsSpan(done), done, reader.State, isSettled: true);

        Assert.Equal(["10.0.0.1"], Clients(batch.Records));
        Assert.Equal(text.Length, done);
    }

    [Theory]
    [InlineData("2026-11-28T06:30:03.446459+00:00 FS01 smbd[3990]:   Allowed connection from 10.0.0.1\n")]
    [InlineData("Nov 28 06:30:03 FS01 smbd[3990]:   Allowed connection from 10.0.0.1\n  and more\n")]
    [InlineData("Nov  8 06:30:03 FS01 smbd[3990]:   Allowed connection from 10.0.0.1\n")]
    public void Lines_in_the_form_of_syslog_are_no_damage(string line)
    {
        var (records, errors) = Read(line + Record("10.0.0.1") + "\n" + line);

        Assert.Equal(["10.0.0.1"], Clients(records));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("JSON Authentication: ")]
    [InlineData("JSON Authorization: ")]
    public void The_form_of_Samba_4_7_and_4_8_is_read(string label)
    {
        var (records, errors) = Read(
            "[2026/11/28 03:40:34.064008,  2] ../auth/auth_log.c:220(log_json)\n  " + label + Record("10.0.0.1").TrimStart() + "\n"
            + OtherHeader + "  " + label + Record("10.66.6.6").TrimStart() + "\n");

        Assert.Contains("10.0.0.1", Clients(records));
        Assert.Empty(errors);
    }

    [Fact]
    public void A_record_that_breaks_off_behind_what_counts_counts_and_is_told()
    {
        var record = Record("10.0.0.1");

        var (records, errors) = Read(record[..(record.IndexOf("authDescription", StringComparison.Ordinal) + 5)] + "\n" + Record("10.0.0.2") + "\n");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], Clients(records));
        var error = Assert.Single(errors);
        Assert.Equal((ReadErrorReason.Malformed, false), (error.Reason, error.MayHideAttempt));
    }

    [Fact]
    public void A_record_that_breaks_off_before_its_service_may_hide_an_attempt()
    {
        var record = Record("10.0.0.1");

        var (records, errors) = Read(record[..record.IndexOf("serviceDescription", StringComparison.Ordinal)] + "\n");

        Assert.Empty(records);
        Assert.True(Assert.Single(errors).MayHideAttempt);
    }

    [Fact]
    public void What_is_left_of_a_record_of_SMB2_hides_no_attempt()
    {
        var record = Record("10.0.0.1", "SMB2");

        var (records, errors) = Read(record[..^20] + "\n");

        Assert.Empty(records);
        Assert.False(Assert.Single(errors).MayHideAttempt);
    }

    [Fact]
    public void A_record_behind_a_header_stands_before_any_text_of_a_client()
    {
        const string Header = "[2026/11/28 03:40:34.064008,  3] lib/util/access.c:371(allow_access)";

        var (records, errors) = Read(Header + Record("10.0.0.1") + "\n" + Header + "\n" + Record("10.0.0.2") + "\n  Allowed connection from 10.0.0.1\n");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], Clients(records));
        Assert.Empty(errors);
    }

    [Fact]
    public void A_record_that_a_client_put_into_the_audit_for_people_does_not_count()
    {
        var (records, errors) = Read(
            "[2026/11/28 03:40:34.064008,  2] ../../auth/auth_log.c:647(log_authentication_event_human_readable)\n"
            + "  Auth: [SMB2,(null)] user [WORKGROUP]\\[x\\n" + Record("10.66.6.6").TrimStart() + "\\n] at [Sat]\n" + Record("10.0.0.1") + "\n");

        Assert.Equal(["10.0.0.1"], Clients(records));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(350_000)]
    public void A_record_of_any_length_counts_by_its_beginning(int length)
    {
        var (records, errors) = Read(string.Concat(Pieces(Record("10.0.0.1", account: new string('a', length)))) + Record("10.0.0.2") + "\n");

        Assert.Equal(["10.0.0.1", "10.0.0.2"], Clients(records));
        Assert.Empty(errors);
    }

    [Fact]
    public void However_a_text_is_read_piece_by_piece_it_says_the_same()
    {
        string[] parts =
        [
            Record("10.0.0.1") + "\n", Record("10.0.0.2", "SMB2") + "\n", Record("10.0.0.3"), "\n", OtherHeader, "  some text\n",
            Record("10.0.0.4")[..200] + "\n", "\0\0\0\0", string.Concat(Pieces(Record("10.0.0.5", account: new string('a', 9000)))),
            Pieces(Record("10.0.0.6", account: new string('a', 9000)))[0], "[2026/11/28 03:40:34,  3] x.c:1(y)\n", "no record\n",
            Record("10.0.0.7", account: new string('a', 90_000)) + "\n", Record("10.0.0.8", account: new string('a', 90_000)),
        ];
        var texts =
            from chosen in Gen.Int[0, parts.Length - 1].Array[1, 12]
            from sizes in Gen.Int[1, 30_000].Array[1, 8]
            select (Text: string.Concat(chosen.Select(part => parts[part])) + "\n", sizes, chosen);

        texts.Sample(
            test =>
            {
                var whole = Read(test.Text);
                var pieces = ReadInPieces(Encoding.UTF8.GetBytes(test.Text), test.sizes);
                return whole.Records.SequenceEqual(pieces.Records) && whole.Errors.SequenceEqual(pieces.Errors);
            },
            iter: 500,
            print: test => $"parts {string.Join(',', test.chosen)} in pieces of {string.Join(',', test.sizes)}");
    }

    [Fact]
    public void A_piece_that_is_nothing_but_the_sign_of_another_piece_does_not_end_reading()
    {
        var (records, _) = Read("  Authentication for user x +>\n  +>\n  y\n" + Record("10.0.0.1") + "\n");

        Assert.Equal(["10.0.0.1"], Clients(records));
    }

    [Fact]
    public void A_record_far_from_the_beginning_of_its_line_reads_the_same_in_pieces()
    {
        var begun = "  {\"timestamp\": \"" + new string('x', RecordReader.LongestLine) + " +>\n" + new string(' ', 50);
        var text = Encoding.UTF8.GetBytes(begun + Record("10.0.0.1") + "\n");

        Assert.Equal(ReadInPieces(text, [1 << 20]).Records, ReadInPieces(text, [begun.Length - 10, 1 << 20]).Records);
    }

    /// <summary>Each line feed cost a look at all that follow: minutes for what a client sends in a moment.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Line_feeds_by_the_thousand_in_what_a_client_sent_do_not_hold_up_reading()
    {
        const string Message = "[2026/11/28 03:40:34.064008,  2] ../../source3/auth/auth.c:343(auth_check_ntlm_password)\n  Authentication for user x\n";

        var (records, errors) = await Task.Run(
            () => Read(Message + new string('\n', 500_000) + Record("10.0.0.1") + "\n" + Message), TestContext.Current.CancellationToken);

        Assert.Equal(["10.0.0.1"], Clients(records));
        Assert.Empty(errors);
    }

    private static string Record(string address, string service = "SMB", string account = "nobody") =>
        $$$"""  {"timestamp": "2026-11-28T04:46:05.892406+0000", "type": "Authentication", "Authentication": {"version": {"major": 1, "minor": 2}, "status": "NT_STATUS_OK", "localAddress": "ipv4:127.0.0.1:445", "remoteAddress": "ipv4:{{{address}}}:50000", "serviceDescription": "{{{service}}}", "authDescription": null, "clientDomain": "", "clientAccount": "{{{account}}}"}}""";

    /// <summary>A message as smbd writes it (format_debug_text): pieces as long as its buffer, each on a line of its own.</summary>
    private static string[] Pieces(string line)
    {
        var rest = line[2..];
        var pieces = new List<string>();
        while (rest.Length > Piece - 2)
        {
            pieces.Add("  " + rest[..(Piece - 2)] + " +>\n");
            rest = rest[(Piece - 2)..];
        }

        return [.. pieces, "  " + rest + "\n"];
    }

    private static IEnumerable<string> Clients(IEnumerable<AuditRecord> records) => records.Select(record => record.Client);

    private static (List<AuditRecord> Records, List<AuditReadError> Errors) Read(string text) => ReadInPieces(Encoding.UTF8.GetBytes(text), [1 << 20]);

    private static (List<AuditRecord> Records, List<AuditReadError> Errors) ReadInPieces(byte[] text, int[] sizes)
    {
        var batch = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));
        var reader = new RecordReader("log", batch);
        var state = default(TextState);
        var (done, available) = (0, 0);
        for (var i = 0; done < text.Length && i < 100_000; i++)
        {
            available = Math.Min(text.Length, available + sizes[i % sizes.Length]);
            int read;
            do
            {
                var piece = text.AsSpan(done, Math.Min(available - done, RecordReader.Lookahead));
                read = reader.Read(piece, done, state, isSettled: done + piece.Length == text.Length);
                done += read;
                state = reader.State;
            }
            while (read > 0 && done < available);
        }

        return (batch.Records, batch.Errors);
    }
}
