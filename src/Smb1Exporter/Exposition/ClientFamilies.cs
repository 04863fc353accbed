using System.Text;

namespace Smb1Exporter.Exposition;

/// <summary>The metrics that have one series per client: as instruments, and in an answer in text 0.0.4.</summary>
internal static class ClientFamilies
{
    private static readonly string[] Instruments =
        ["smb1.client.first_seen.timestamp", "smb1.client.info", "smb1.client.last_seen.timestamp", "smb1.connection.attempts"];

    private static readonly byte[][] Names =
    [
        .. new[]
        {
            "smb1_client_first_seen_timestamp_seconds", "smb1_client_info", "smb1_client_last_seen_timestamp_seconds", "smb1_connection_attempts_total",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>Whether an instrument is one of them.</summary>
    public static bool Has(string instrument) => Instruments.Contains(instrument);

    /// <param name="body">A whole answer: ours among its families are sorted by name.</param>
    /// <returns>Where their lines stand, or would stand if there were any; null where they stand apart.</returns>
    public static Range? Find(ReadOnlySpan<byte> body)
    {
        var (begin, end, place) = (-1, -1, -1);
        var families = new TextFamilies(body);
        while (families.Next())
        {
            if (IsOne(families.Name))
            {
                if (begin >= 0 && end != families.Begin)
                {
                    return null;
                }

                (begin, end) = (begin < 0 ? families.Begin : begin, families.End);
            }
            else if (place < 0 && families.Name.StartsWith("smb1_"u8) && families.Name.SequenceCompareTo(Names[^1]) > 0)
            {
                place = families.Begin;
            }
        }

        return begin >= 0 ? begin..end : place >= 0 ? place..place : body.Length..body.Length;
    }

    private static bool IsOne(ReadOnlySpan<byte> name)
    {
        foreach (var known in Names)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        return false;
    }
}
