using System.Globalization;
using System.Net;

namespace Smb1Exporter.Auditing;

/// <summary>How Samba's programs write times and addresses into JSON.</summary>
internal static class SambaText
{
    /// <summary>No time is longer, in characters.</summary>
    public const int LongestTime = 40;

    private const int UsualTime = 31;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads <c>2026-11-23T04:46:05.892406+0000</c>; the fraction may be missing and the zone may be Z or hold a colon.</summary>
    public static bool TryReadTime(string? text, out DateTimeOffset time)
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
    public static bool TryReadAddress(string? remoteAddress, out string client, out int port)
    {
        (client, port) = ("", 0);
        if (remoteAddress is not { Length: <= 128 } || remoteAddress.LastIndexOf(':') is var colon && colon < 5)
        {
            return false;
        }

        var address = remoteAddress.AsSpan(5, colon - 5);
        var isOfFamily = remoteAddress.AsSpan(0, 5) switch
        {
            "ipv4:" => address.Count('.') == 3 && !address.Contains(':'),
            "ipv6:" => address.Contains(':') && address[0] != '[',
            _ => false,
        };
        if (!isOfFamily
            || !ushort.TryParse(remoteAddress.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !IPAddress.IsValid(address))
        {
            return false;
        }

        (client, port) = (address.ToString(), number);
        return true;
    }
}
