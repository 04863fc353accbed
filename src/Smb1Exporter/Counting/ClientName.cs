using System.Net;

namespace Smb1Exporter.Counting;

/// <summary>The one form in which the name of a client is shown. A name is untrusted text: from DNS, or from the client itself.</summary>
internal static class ClientName
{
    /// <summary>Longest name taken, in characters: a DNS name as text (RFC 1035, section 2.3.4, without the root).</summary>
    public const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    /// <summary>Brings a name into lower case without a trailing dot; null for what is no host name, or names no device.</summary>
    /// <remarks>Letters, digits, hyphen, underscore and dots alone: nothing that a log, a label, a ticket or a page would have to escape.</remarks>
    public static string? Canonicalize(string? raw)
    {
        var name = raw?.Trim().TrimStart('\\').TrimEnd('.').ToLowerInvariant();
        return name is { Length: > 0 and <= MaxLength } && name.Split('.').All(IsLabel) && !SaysNothing(name) ? name : null;
    }

    // Resolvers hand back the address itself, and every machine is localhost to itself.
    private static bool SaysNothing(string name) =>
        IPAddress.TryParse(name, out _) || name is "localhost" or "localhost.localdomain" || name.EndsWith(".arpa", StringComparison.Ordinal);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}
// x
