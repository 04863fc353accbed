using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>One page of a list that is counted (startAt, maxResults, total).</summary>
/// <param name="Items">What is on it.</param>
/// <param name="Total">How many there are in all; null when the answer does not say.</param>
/// <param name="SaysLast">Whether it says that it is the last; null when it does not say.</param>
internal sealed record JiraPage(IReadOnlyList<JsonElement> Items, long? Total, bool? SaysLast)
{
    /// <summary>Whether nothing comes after the items so far.</summary>
    public bool IsLast(long itemsSoFar) => Items.Count == 0 || SaysLast == true || itemsSoFar >= Total;

    /// <summary>Reads a page; null when the answer is none.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="names">What the list may be called; Cloud and Data Center differ in some.</param>
    public static JiraPage? Read(JsonElement answer, params string[] names)
    {
        foreach (var name in names)
        {
            if (answer.List(name) is { } items)
            {
                return new JiraPage(
                    items,
                    answer.Number("total"),
                    answer.Member("isLast") is { ValueKind: JsonValueKind.True or JsonValueKind.False } last ? last.GetBoolean() : null);
            }
        }

        return null;
    }

    /// <summary>Where the page begins.</summary>
    public static long StartOf(JsonElement answer) => answer.Number("startAt") ?? 0;
}
