using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>One page of a list that is counted (startAt, maxResults, total).</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Total">How many there are in all; null when the answer does not say.</param>
/// <param name="SaysLast">Whether it says that it is the last; null when it does not say.</param>
internal sealed record JiraPage(IReadOnlyList<JsonElement> Items, int? Total, bool? SaysLast)
{
    /// <summary>Whether nothing comes after the items so far.</summary>
    public bool IsLast(int itemsSoFar) => Items.Count == 0 || SaysLast == true || itemsSoFar >= Total;

    /// <summary>Reads a page; null when the answer is none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="names">What the list may be called; Cloud and Data Center differ in some.</param>
    public static JiraPage? Read(JsonElement answer, params string[] names)
    {
        if (answer.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in names)
        {
            if (answer.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array)
            {
                return new JiraPage(
                    [.. items.EnumerateArray()],
                    Number(answer, "total"),
                    answer.TryGetProperty("isLast", out var last) && last.ValueKind is JsonValueKind.True or JsonValueKind.False ? last.GetBoolean() : null);
            }
        }

        return null;
    }

    /// <summary>Where the page begins.</summary>
    public static int StartOf(JsonElement answer) => Number(answer, "startAt") ?? 0;

    private static int? Number(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
