using System.Globalization;
using System.Net;

namespace Smb1Exporter.Auditing;

/// <summary>Addresses with a port, as settings write them: <c>127.0.0.1:445</c>, <c>[::1]:445</c>, <c>samba:445</c>.</summary>
internal static class ServerAddresses
{
    /// <summary>Reads them.</summary>
    /// <exception cref="FormatException">One is none; the message names it.</exception>
    public static IReadOnlyList<EndPoint> Parse(IReadOnlyList<string> list) => [.. list.Select(Parse)];

    private static EndPoint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new FormatException($"\"{text}\" is no address with a port; write 127.0.0.1:445, [::1]:445 or a name and a port");
        }

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']') && IPAddress.TryParse(host[1..^1], out var inBrackets))
        {
            return new IPEndPoint(inBrackets, port);
        }

        return !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port)
            : throw new FormatException($"\"{text}\" is no address with a port; write 127.0.0.1:445, [::1]:445 or a name and a port");
    }
}
