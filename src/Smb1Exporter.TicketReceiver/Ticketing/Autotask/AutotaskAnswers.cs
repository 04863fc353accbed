using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>What is needed of a ticket.</summary>
/// <param name="Id">Its number; not the one with "T" that people see.</param>
/// <param name="Key">What its field for the key holds; null when empty.</param>
/// <param name="Status">The number of its status.</param>
internal sealed record AutotaskTicket(long Id, string? Key, long? Status)
{
    /// <summary>The number as a text.</summary>
    public string Reference => Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Reads what Autotask answers. Pure.</summary>
internal static class AutotaskAnswers
{
    // Words of errors that have nothing to do with the request. Where in doubt the request is at fault.
    private static readonly string[] Passing =
        ["threshold", "too many", "timeout", "timed out", "time-out", "deadlock", "try again", "temporar", "unavailable", "unexpected", "internal"];

    /// <summary>The items of a page; null when the answer is none.</summary>
    public static IReadOnlyList<JsonElement>? Items(JsonElement answer) => answer.List("items");

    /// <summary>
    /// Path and query of the next page, beginning with a slash; null on the last page. The host is dropped, so that nobody else is ever sent
    /// the secret.
    /// </summary>
    public static string? NextPage(JsonElement answer) =>
        answer.Member("pageDetails") is { } details
        && details.Text("nextPageUrl") is { Length: > 0 } url
        && Uri.TryCreate(url, UriKind.Absolute, out var next)
            ? next.PathAndQuery
            : null;

    /// <summary>A ticket; null when it is none.</summary>
    public static AutotaskTicket? Ticket(JsonElement item) =>
        item.Number("id") is { } id ? new AutotaskTicket(id, item.Text(AutotaskRequests.KeyField), item.Number("status")) : null;

    /// <summary>
    /// The errors of an answer with status 500, which Autotask gives to most requests that can never succeed: <c>{"errors": ["…"]}</c>. Null when
    /// there are none, or when they may pass by themselves.
    /// </summary>
    public static string? LastingErrors(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var errors = string.Join(' ', (document.RootElement.List("errors") ?? []).Select(error => error.ToString().Trim()));
            return errors.Length > 0 && !Passing.Any(word => errors.Contains(word, StringComparison.OrdinalIgnoreCase)) ? errors : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a member is true, which some entities write as 1.</summary>
    public static bool IsTrueOrOne(JsonElement item, string name) => item.IsTrue(name) || item.Number(name) == 1;
}
