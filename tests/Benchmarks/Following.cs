using System.Diagnostics;
using System.Globalization;
using System.Text;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Benchmarks;

/// <summary>A log of thousands of files, one for each client (<c>%m</c>): what a look costs, and what is written where one of them grew.</summary>
internal static class Following
{
    public const int Files = 3000;

    private const int Looks = 200;

    /// <summary>Prints the microseconds of a look when nothing changed and when one file did, and the bytes of rows written for one change.</summary>
    public static int Run(string folder)
    {
        for (var i = 0; i < Files; i++)
        {
            File.WriteAllText(NameOf(folder, i), LogFile.Record(i, i, isSmb1: true));
        }

        using var source = Reading.Open(Path.Join(folder, "audit.%m"));
        var position = Reading.ReadAll(source, null, _ => { });
        var idle = Measure(source, ref position, _ => { }, out _);
        var changed = Measure(source, ref position, look => Append(NameOf(folder, look), LogFile.Record(Files + look, look, isSmb1: true)), out var written);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{idle} {changed} {written}"));
        return 0;
    }

    private static string NameOf(string folder, int file) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"audit.client{file:0000}"));

    private static void Append(string path, string text)
    {
        File.AppendAllText(path, text);

        // Until it is announced.
        Thread.Sleep(20);
    }

    private static long Measure(IAuditSource source, ref AuditPosition position, Action<int> change, out long written)
    {
        var times = new List<long>();
        var (records, bytes) = (0, 0L);
        for (var look = 0; look < Looks; look++)
        {
            change(look);
            var start = Stopwatch.GetTimestamp();
            var batch = source.Read(new AuditStart(position, DateTimeOffset.MinValue), CancellationToken.None);
            times.Add((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            var before = position.Rows;
            bytes += batch.Position.Rows.Where(row => before.GetValueOrDefault(row.Key) != row.Value)
                .Sum(row => (long)Encoding.UTF8.GetByteCount(row.Key) + Encoding.UTF8.GetByteCount(row.Value));
            records += batch.Records.Count;
            position = batch.Position;
        }

        written = records == 0 ? bytes : bytes / records;
        times.Sort();
        return times[times.Count / 2];
    }
}
