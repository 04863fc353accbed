using System.Text;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What the fields of a record mean.</summary>
internal static class RecordFields
{
    /// <summary>So much of an address that cannot be used tells its connection from others.</summary>
    private const int KeptOfAddress = 128;

    /// <summary>The attempt that an SMB1 record stands for; its client is empty where the record names none that can be used.</summary>
    public static AuditRecord ToAttempt(in RecordObject record, DateTimeOffset time, LogPlace place)
    {
        var address = record.RemoteAddress ?? "";
        var known = SambaText.TryReadAddress(address, out var client, out _);
        var connection = address.Length > KeptOfAddress ? address[..KeptOfAddress] : address;
        return new AuditRecord(AuditRecordKind.Attempt, time, client, connection, 1, place)
        {
            ClientName = record.Workstation,
            SessionId = record.SessionId,
            ClientProblem = known ? null
                : record.RemoteAddress is null ? "the SMB1 record has no remoteAddress"
                : $"remoteAddress is no address with a port: {Excerpt.Of(Encoding.UTF8.GetBytes(address))}",
        };
    }

    private static ReadOnlySpan<byte> TimeStart => "{\"timestamp\": \""u8;

    /// <summary>Where the first record in a text begins; -1 where there is none.</summary>
    public static int StartIn(ReadOnlySpan<byte> text) => text.IndexOf(TimeStart);

    /// <summary>Where the last record in a text begins; -1 where there is none.</summary>
    public static int LastStartIn(ReadOnlySpan<byte> text) => text.LastIndexOf(TimeStart);

    /// <summary>The time of the first record in a text, read from its beginning alone; null where there is none.</summary>
    public static DateTimeOffset? FirstTimeIn(ReadOnlySpan<byte> text)
    {
        var start = StartIn(text);
        var rest = start < 0 ? [] : text[(start + TimeStart.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end >= 0 && SambaText.TryReadTime(Encoding.UTF8.GetString(rest[..Math.Min(end, SambaText.LongestTime + 1)]), out var time) ? time : null;
    }
}
