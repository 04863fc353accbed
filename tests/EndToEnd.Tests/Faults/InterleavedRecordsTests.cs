using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>
/// Records that are longer than smbd's buffer are written in pieces; where two processes do so at once, these stand in turn, and nobody can tell whose
/// piece is which. What is lost by that is told.
/// </summary>
public sealed class InterleavedRecordsTests
{
    private const string Before = "10.9.3.1";
    private const string After = "10.9.3.2";
    private const string OneOfTwo = "10.9.3.11";
    private const string OtherOfTwo = "10.9.3.12";

    [FieldFact("Names of 2,004 characters in a shared log: 4 to 7 of 400 records were interleaved, lost, and the time counted as covered")]
    public async Task Interleaved_pieces_of_two_records_are_counted_or_end_the_quiet_time()
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenCoveredAsync();

        // Nobody connects, so smbd writes nothing meanwhile.
        var log = new AuditLogWriter(samba.AuditLog, TimeProvider.System);
        log.WriteConnection(Before, port: 1);
        var pieces = (One: Pieces(log, OneOfTwo), Other: Pieces(log, OtherOfTwo));
        log.Write(string.Concat(pieces.One.Zip(pieces.Other, (one, other) => one + other)));
        log.WriteConnection(After, port: 1);
        await exporter.ThenCountsAsync(Before, 1);
        await exporter.ThenCountsAsync(After, 1);

        await exporter.ThenCountsOrEndsQuietAsync([OneOfTwo, OtherOfTwo]);
    }

    [FieldFact("Names of 2,004 characters in a shared log")]
    public async Task A_record_in_pieces_is_counted()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["auth_audit.log"], TimeProvider.System);
        log.Write(string.Concat(Pieces(log, Before)));
        log.WriteConnection(After, port: 1);

        var exporter = await site.ExporterForLogAsync(log.Path);

        await exporter.ThenCountsAsync(Before, 1);
        await exporter.ThenCountsAsync(After, 1);
    }

    /// <summary>A record with a long name as format_debug_text of Samba's lib/util/debug.c writes it.</summary>
    private static List<string> Pieces(AuditLogWriter log, string client)
    {
        const int Buffer = 4095;
        const string Indent = "  ";
        const string Continued = " +>\n";
        var rest = log.Record($"ipv4:{client}:40001", account: string.Concat(Enumerable.Repeat("\\u0001", 2004)))[Indent.Length..];
        var pieces = new List<string>();
        while (Indent.Length + rest.Length > Buffer)
        {
            pieces.Add(Indent + rest[..(Buffer - Indent.Length)] + Continued);
            rest = rest[(Buffer - Indent.Length)..];
        }

        return [.. pieces, Indent + rest];
    }
}
