using System.Diagnostics;
using System.Globalization;
using System.Text;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>
/// Text as no smbd writes it, made from what smbds wrote: for a minute, or for the seconds that the environment variable <see cref="Seconds"/> says.
/// </summary>
[Trait(Length.Trait, Length.IsLong)]
public class RecordReaderFuzzTests
{
    private const string Seconds = "SMB1_FUZZ_SECONDS";

    private static ReadOnlySpan<byte> RecordStart => LogLine.RecordStart;

    [Fact]
    public void Whatever_a_log_holds_reading_gets_on_and_says_the_same_however_the_text_comes()
    {
        var seconds = Environment.GetEnvironmentVariable(Seconds) is { Length: > 0 } given ? double.Parse(given, CultureInfo.InvariantCulture) : 60;
        var first = RandomSeed.Next(_ => { });
        var began = Stopwatch.GetTimestamp();
        var (inputs, bytes, records, errors) = (0, 0L, 0L, 0L);
        do
        {
            var seed = unchecked(first + inputs) & int.MaxValue;
            var random = new Random(seed);
            var text = LogTextMutator.Make(random);
            try
            {
                var read = Try(text, random);
                records += read.Records.Count;
                errors += read.Errors.Count;
            }
            catch (Exception e)
            {
                Assert.Fail($"{RandomSeed.Tell(seed)}\n{e}");
            }

            bytes += text.Length;
            inputs++;
        }
        while (RandomSeed.Given is null && Stopwatch.GetElapsedTime(began).TotalSeconds < seconds);

        TestContext.Current.SendDiagnosticMessage($"{inputs} inputs, {bytes} bytes, {records} records, {errors} errors");
        TestContext.Current.TestOutputHelper?.WriteLine($"{inputs} inputs, {bytes} bytes, {records} records, {errors} errors, from seed {first} on");
    }

    private static LogBatch Try(byte[] text, Random random)
    {
        var whole = ReadAll(text, () => text.Length, int.MaxValue);

        // Not too many pieces: unfinished text is looked at again with each.
        var least = 1 + (text.Length / 100);
        var most = least + random.Next(2 * least);
        var pieces = ReadAll(text, () => random.Next(least, most + 1), random.Next(2) == 0 ? int.MaxValue : random.Next(1, 6));
        Assert.Equal(whole.Records, pieces.Records);
        Assert.Equal(whole.Errors, pieces.Errors);

        // No line tells more than twice, and neither does any record in it.
        var places = text.AsSpan().Count((byte)'\n') + text.AsSpan().Count(RecordStart) + text.AsSpan().Count((byte)0) + (text.Length / (RecordReader.LongestLine / 2));
        Assert.InRange(whole.Errors.Count, 0, 2 * (places + 1));
        Assert.All(whole.Errors, error => Assert.InRange(error.Detail.Length, 1, 400));
        Assert.All(whole.Records, record => Assert.True(StandsInARecord(text, record), $"{record} stands in no record"));
        return whole;
    }

    /// <summary>Reads as the tailer does: what is left is put before what comes next, until there is no more; then the last line is taken as it is.</summary>
    private static LogBatch ReadAll(byte[] text, Func<int> nextSize, int items)
    {
        var all = new LogBatch(int.MaxValue, long.MaxValue, new OwnConnections(TimeProvider.System));
        var (offset, end, state) = (0, 0, default(TextState));
        while (true)
        {
            var added = Math.Min(nextSize(), text.Length - end);
            end += added;
            var batch = new LogBatch(items, long.MaxValue, new OwnConnections(TimeProvider.System));
            var reader = new RecordReader("log", batch);
            var done = reader.Read(text.AsSpan(offset, end - offset), offset, state, isSettled: end == text.Length);
            var isFull = batch.IsFull;
            Assert.InRange(done, 0, end - offset);
            Assert.True(done > 0 || isFull || end - offset < RecordReader.Lookahead, $"reading stands still at {offset} with {end - offset} bytes");
            Assert.InRange(reader.LastRecord.GetOffsetAndLength(end - offset).Length, 0, RecordReader.LongestLine);
            all.Records.AddRange(batch.Records);
            all.Errors.AddRange(batch.Errors);
            (offset, state) = (offset + done, reader.State);
            if (added == 0 && done == 0 && !isFull)
            {
                break;
            }
        }

        var rest = text.AsSpan(offset, Math.Min(text.Length - offset, RecordReader.LongestLine));
        Assert.InRange(new RecordReader("log", all).ReadLast(rest, offset, state), 0, rest.Length);
        return all;
    }

    private static bool StandsInARecord(byte[] text, AuditRecord record)
    {
        var at = int.Parse(record.Place["log byte ".Length..], CultureInfo.InvariantCulture);
        var line = Encoding.Latin1.GetString(text.AsSpan(at)).Replace(" +>\n  ", "", StringComparison.Ordinal).Replace(" +>\n", "", StringComparison.Ordinal);
        var start = line.IndexOf(Encoding.Latin1.GetString(RecordStart), StringComparison.Ordinal);
        return start >= 0 && (record.Client.Length == 0 || line.Contains('\\') || line.IndexOf(record.Client, start, StringComparison.Ordinal) >= 0);
    }
}
