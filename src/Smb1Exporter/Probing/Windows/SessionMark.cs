using System.Globalization;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// What tells a session of Windows from all others: its id, which a restarted server gives again, and when it began, which Windows tells as an age in
/// whole seconds. Two looks at one session therefore find beginnings that differ a little; the beginning that was stored first is kept.
/// </summary>
/// <param name="Id">The session's id.</param>
/// <param name="Begin">When it began; null where that is not known.</param>
/// <param name="Where">Instance, node and scope.</param>
/// <param name="Client">The client as Windows names it.</param>
internal sealed record SessionMark(ulong Id, DateTimeOffset? Begin, string Where, string Client)
{
    /// <summary>
    /// So much may two beginnings of one session differ: rounding, a list that takes long, and a clock that was set. Another session that gets the same
    /// id for the same client within this time of the first is taken for it, which takes a restart of the server in between.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    private const string Prefix = "windows:";
    private const int Longest = 128;

    /// <summary>The text that goes into <c>OpenSession.Connection</c>, and so into its key: printable ASCII, at most 128 characters.</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Id}@{Begin?.ToUnixTimeSeconds() ?? 0}/{Where}/{Client}");
        return text.Length > Longest ? text[..Longest] : text;
    }

    /// <summary>The same session as it is known from an earlier look; itself where it is not.</summary>
    /// <param name="stored">Keys of sessions, as <c>OpenSession.Key</c> has them; those of no session of Windows are passed over.</param>
    public SessionMark OrKnown(IEnumerable<string> stored)
    {
        var known = stored
            .Select(BeginIn)
            .OfType<DateTimeOffset>()
            .Where(begin => Begin is null || (begin - Begin.Value).Duration() <= Tolerance)
            .OrderBy(begin => Begin is null ? TimeSpan.Zero : (begin - Begin.Value).Duration())
            .Select(begin => (DateTimeOffset?)begin)
            .FirstOrDefault();
        return known is null ? this : this with { Begin = known };
    }

    /// <summary>When a session began that a key names; null where it is another one's.</summary>
    private DateTimeOffset? BeginIn(string key)
    {
        var start = key.IndexOf(Prefix, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var text = key[start..];
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return at > 0 && slash > at
            && long.TryParse(text.AsSpan(at + 1, slash - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and < 253402300800
            && (this with { Begin = DateTimeOffset.FromUnixTimeSeconds(seconds) }).ToString() == text
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
