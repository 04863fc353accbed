using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Counting;

/// <summary>The one form in which a client appears as the label <c>client_address</c>.</summary>
internal static class ClientAddress
{
    /// <summary>Longest name taken, in characters: the limit of a DNS name (RFC 1035, section 2.3.4).</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// Brings an address, an address with a port, or a name into canonical form: port and zone stripped, IPv4-mapped IPv6 folded to IPv4,
    /// IPv6 as RFC 5952 writes it, a name in lower case.
    /// </summary>
    /// <param name="raw">What the audit record says; untrusted.</param>
    /// <param name="canonical">The canonical form.</param>
    /// <param name="problem">What is wrong with it, when the result is false.</param>
    public static bool TryCanonicalize(
        string raw, [NotNullWhen(true)] out string? canonical, [NotNullWhen(false)] out string? problem)
    {
        if (IsCanonicalIPv4(raw))
        {
            (canonical, problem) = (raw, null);
            return true;
        }

        canonical = null;
        problem = FindProblem(raw);
        if (problem is not null)
        {
            return false;
        }

        // Windows writes some client names as UNC hosts.
        var text = raw.Trim().TrimStart('\\');
        canonical = FromAddress(text) ?? FromAddress(WithoutPort(text)) ?? FromName(WithoutPort(text));
        problem = canonical is null ? "it holds no address or name" : null;
        return canonical is not null;
    }

    private static string? FindProblem(string raw)
    {
        if (string.IsNullOrWhiteSpace(raw))
        {
            return "it is empty";
        }

        if (raw.Length > MaxLength)
        {
            return $"it is {raw.Length} characters long, more than {MaxLength}";
        }

        return raw.Any(IsUnprintable) ? "it holds control or formatting characters" : null;
    }

    private static bool IsUnprintable(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control
        or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned;

    private static string? FromAddress(string text)
    {
        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            text = text[1..^1];
        }

        return IsWrittenOut(text) && IPAddress.TryParse(text, out var address) ? Canonical(address).ToString() : null;
    }

    /// <summary>
    /// Whether a text may be an address: <see cref="IPAddress"/> also takes "1", "127.1" and octal parts for IPv4; in an audit record those
    /// are names, and in a setting mistakes.
    /// </summary>
    internal static bool IsWrittenOut(string text) => text.Contains(':') || IsDottedQuad(text);

    /// <summary>Folds an IPv4-mapped IPv6 address to IPv4 and drops the zone of a link-local one.</summary>
    public static IPAddress Canonical(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }

    // What almost every record of Samba holds: such a text is in canonical form already.
    private static bool IsCanonicalIPv4(string text) => text.Length <= 15 && IsDottedQuad(text) && IPAddress.IsValid(text);

    private static string WithoutPort(string text)
    {
        var colon = text.LastIndexOf(':');
        var isPort = colon > 0
            && text.Length - colon is >= 2 and <= 6
            && text.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0;

        // A bare IPv6 address has several colons and no brackets: what looks like its port is its last group.
        var isBracketed = colon > 0 && text[colon - 1] == ']';
        return isPort && (isBracketed || text.IndexOf(':') == colon) ? text[..colon] : text;
    }

    private static string? FromName(string text)
    {
        var name = text.TrimEnd('.').ToLowerInvariant();
        return name.Length == 0 ? null : name;
    }
}
