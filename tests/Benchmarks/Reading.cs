using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;

namespace Smb1Exporter.Benchmarks;

/// <summary>The whole reader of the exporter as a process of its own, with a dictionary where the exporter has its store.</summary>
internal static class Reading
{
    /// <summary>
    /// Reads a log to its end and prints SMB1 records, clients, and the bytes of memory that reading took on top of those of a process that has read a
    /// record and waits for more.
    /// </summary>
    /// <param name="small">A log of a record or two.</param>
    /// <param name="log">The log.</param>
    public static int Run(string small, string log)
    {
        using var waiting = Open(small);
        ReadAll(waiting, null, _ => { });
        var idle = ProcessMemory.Resident();
        using var source = Open(log);
        var attempts = new Dictionary<string, long>();
        ReadAll(source, null, batch =>
        {
            foreach (var record in batch.Records)
            {
                attempts[record.Client] = attempts.GetValueOrDefault(record.Client) + record.Count;
            }

            if (batch.Errors.Count + batch.Gaps.Count > 0)
            {
                throw new InvalidOperationException($"{log} should be without fault");
            }
        });
        var (all, taken) = (attempts.Values.Sum(), ProcessMemory.Peak() - idle);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all} {attempts.Count} {taken}"));
        return 0;
    }

    public static SambaAuditSource Open(string log) =>
        new(() => log, TimeSpan.FromSeconds(1), TimeProvider.System, new OwnConnections(TimeProvider.System), NullLogger<SambaAuditSource>.Instance);

    /// <summary>Reads until there is nothing more.</summary>
    /// <returns>Where reading goes on.</returns>
    public static AuditPosition ReadAll(SambaAuditSource source, AuditPosition? position, Action<AuditBatch> take)
    {
        while (true)
        {
            var batch = source.Read(new AuditStart(position, DateTimeOffset.MinValue), CancellationToken.None);
            take(batch);
            position = batch.Position;
            if (batch.CaughtUp)
            {
                return position;
            }
        }
    }
}
