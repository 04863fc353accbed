namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>The settings that exist, and what a mistyped one was meant to be.</summary>
internal static class ReceiverKeys
{
    public const string Section = "Receiver";

    public static readonly IReadOnlyList<string> All =
    [
        nameof(ReceiverOptions.Database),
        nameof(ReceiverOptions.TokenFile),
        nameof(ReceiverOptions.TicketingSystem),
        nameof(ReceiverOptions.Repeat),
        nameof(ReceiverOptions.SubjectTemplate),
        nameof(ReceiverOptions.BodyTemplate),
        nameof(ReceiverOptions.MaxRequestBytes),
        nameof(ReceiverOptions.DuplicateWindow),
    ];

    /// <summary>Settings of .NET and its web server that may be given on the command line.</summary>
    public static readonly IReadOnlyList<string> Standard = ["urls", "http_ports", "https_ports", "AllowedHosts"];

    /// <summary>"; did you mean …?" with the nearest of <paramref name="known"/>, or nothing when none is near.</summary>
    public static string DidYouMean(string typed, IEnumerable<string> known)
    {
        var nearest = known.MinBy(name => Distance(typed, name));
        return nearest is not null && Distance(typed, nearest) <= Math.Max(2, typed.Length / 3) ? $"; did you mean {nearest}?" : "";
    }

    // Levenshtein's distance: how many letters to add, drop or change.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var same = char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[to.Length];
    }
}
