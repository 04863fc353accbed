using System.Globalization;
using System.Net;
using System.Text;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>What the fields of a record mean.</summary>
internal static class RecordFields
{
    /// <summary>So much of an address that cannot be used tells its connection from others.</summary>
    private const int KeptOfAddress = 128;

    private const int LongestTime = 40;
    private const int UsualTime = 31;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The attempt that an SMB1 record stands for; its client is empty where the record names none that can be used.</summary>
    public static AuditRecord ToAttempt(in RecordObject record, DateTimeOffset time, LogPlace place)
    {
        var address = record.RemoteAddress ?? "";
        var known = TryReadAddress(address, out var client);
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
        return end >= 0 && TryReadTime(Encoding.UTF8.GetString(rest[..Math.Min(end, LongestTime + 1)]), out var time) ? time : null;
    }

    /// <summary>Reads <c>2026-11-23T04:46:05.892406+0000</c>; the fraction may be missing and the zone may be Z or hold a colon.</summary>
    internal static bool TryReadTime(string? text, out DateTimeOffset time)
    {
        time = default;
        if (text is not { Length: >= 20 and <= LongestTime })
        {
            return false;
        }

        if (TryReadUsualTime(text, out time))
        {
            return true;
        }

        var iso = text[^5] is '+' or '-' ? text.Insert(text.Length - 2, ":") : text;
        if (iso[^1] != 'Z' && iso[^6] is not ('+' or '-'))
        {
            return false;
        }

        var read = DateTimeOffset.TryParseExact(iso, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        time = time.ToUniversalTime();
        return read;
    }

    /// <summary>Reads the form that smbd writes, several times as fast as any other.</summary>
    private static bool TryReadUsualTime(string text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length != UsualTime || text[^5] is not ('+' or '-'))
        {
            return false;
        }

        // .NET's own form has a seventh digit in the fraction, and a colon in the zone.
        Span<char> iso = stackalloc char[UsualTime + 2];
        text.AsSpan(..^5).CopyTo(iso);
        iso[^7] = '0';
        text.AsSpan(^5..^2).CopyTo(iso[^6..]);
        iso[^3] = ':';
        text.AsSpan(^2..).CopyTo(iso[^2..]);
        var read = DateTimeOffset.TryParseExact(iso, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
        time = time.ToUniversalTime();
        return read;
    }

    /// <summary>Reads <c>ipv4:1.2.3.4:5</c> or <c>ipv6:fe80::1:445</c> (the port is behind the last colon): the form of Samba's lib/tsocket.</summary>
    internal static bool TryReadAddress(string? remoteAddress, out string client)
    {
        client = "";
        if (remoteAddress is not { Length: <= 128 } || remoteAddress.LastIndexOf(':') is var port && port < 5)
        {
            return false;
        }

        var address = remoteAddress.AsSpan(5, port - 5);
        var isOfFamily = remoteAddress.AsSpan(0, 5) switch
        {
            "ipv4:" => address.Count('.') == 3 && !address.Contains(':'),
            "ipv6:" => address.Contains(':') && address[0] != '[',
            _ => false,
        };
        if (!isOfFamily
            || !ushort.TryParse(remoteAddress.AsSpan(port + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !IPAddress.IsValid(address))
        {
            return false;
        }

        client = address.ToString();
        return true;
    }
}
