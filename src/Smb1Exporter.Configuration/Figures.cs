using System.Globalization;

namespace Smb1Exporter.Configuration;

/// <summary>Figures and times as messages, pages and reports write them. Pure.</summary>
public static class Figures
{
    /// <summary>With thousands apart.</summary>
    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>UTC, to the second, for people; without the zone.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>UTC, to the second, for programs: RFC 3339.</summary>
    public static string Rfc3339(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>In the largest unit of which there are two, or one whole: "30 days", "36 hours", "1 hour", "5 minutes".</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } or { TotalDays: 1 } => Count((long)span.TotalDays, "day"),
        { TotalHours: >= 1 } => Count((long)span.TotalHours, "hour"),
        _ => Count((long)span.TotalMinutes, "minute"),
    };

    /// <summary>How long before <paramref name="now"/> a time lies; a clock set back can have put it behind.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now) => (now - time) switch
    {
        var past when past < TimeSpan.Zero => "ahead of the present time",
        var past when past < TimeSpan.FromMinutes(1) => "less than a minute ago",
        var past => $"{Duration(past)} ago",
    };

    /// <summary>How many there are of something: "1 client", "1,200 clients".</summary>
    /// <param name="number">How many.</param>
    /// <param name="noun">The singular of a noun whose plural ends in "s".</param>
    /// <param name="format">"N0" sets thousands apart, "D" does not.</param>
    public static string Count(long number, string noun, string format = "N0") =>
        $"{number.ToString(format, CultureInfo.InvariantCulture)} {noun}{(number == 1 ? "" : "s")}";
}
