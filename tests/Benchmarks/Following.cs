using System.Diagnostics;
using System.Globalization;
using System.Text;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;

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
        var idle = new List<double>();
        var changed = new List<double>();
        var written = 0L;
        for (var look = 0; look < Looks; look++)
        {
            (_, position, var time) = Look(source, position);
            idle.Add(time);
            var before = position.Rows;
            File.AppendAllText(NameOf(folder, look), LogFile.Record(Files + look, look, isSmb1: true));
            int records;
            do
            {
                // Until the change is announced.
                (records, position, time) = Look(source, position);
            }
            while (records == 0);

            changed.Add(time);
            written += position.Rows.Where(row => before.GetValueOrDefault(row.Key) != row.Value)
                .Sum(row => (long)Encoding.UTF8.GetByteCount(row.Key) + Encoding.UTF8.GetByteCount(row.Value));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Median(idle):0} {Median(changed):0} {written / Looks}"));
        return 0;
    }

    private static string NameOf(string folder, int file) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"audit.client{file:0000}"));

    private static (int Records, AuditPosition Position, double Time) Look(SambaAuditSource source, AuditPosition position)
    {
        var start = Stopwatch.GetTimestamp();
        var batch = source.Read(new AuditStart(position, DateTimeOffset.MinValue), CancellationToken.None);
        return (batch.Records.Count, batch.Position, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
