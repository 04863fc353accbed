using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;

namespace Smb1Exporter.TicketReceiver.Pages;

/// <summary>A ticket in <c>GET /api/tickets</c>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Key">Identifies customer and server.</param>
/// <param name="Customer">The organisation that owns the server.</param>
/// <param name="Host">The server's name.</param>
/// <param name="Subject">One line.</param>
/// <param name="Body">Lines ended by a line feed, the last one without.</param>
/// <param name="State"><c>open</c> or <c>closed</c>.</param>
/// <param name="Created">UTC.</param>
/// <param name="Closed">UTC; null while open.</param>
/// <param name="Notes">Oldest first.</param>
internal sealed record TicketJson(
    long Id,
    string Key,
    string Customer,
    string Host,
    string Subject,
    string Body,
    string State,
    DateTimeOffset Created,
    DateTimeOffset? Closed,
    IReadOnlyList<NoteJson> Notes);

/// <summary>A note in <c>GET /api/tickets</c>.</summary>
internal sealed record NoteJson(long Id, string Body, DateTimeOffset Created);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IAsyncEnumerable<TicketJson>))]
internal sealed partial class TicketsJsonContext : JsonSerializerContext;

/// <summary><c>GET /api/tickets</c>: the built-in tickets for other programs.</summary>
internal static class TicketsApi
{
    public const string Path = "/api/tickets";

    /// <summary>The most tickets in one answer; also the number where none is asked for.</summary>
    public const int MaxLimit = 1000;

    private const string QueryHelp = "Use state=open or state=closed, after=NUMBER (only tickets with a higher number) and limit=1 to 1000.";

    public static async Task HandleAsync(HttpContext context, BuiltInTickets tickets)
    {
        var query = context.Request.Query;
        if (!TryState(query["state"], out var open)
            || !TryNumber(query["after"], 0, long.MaxValue, 0, out var after)
            || !TryNumber(query["limit"], 1, MaxLimit, MaxLimit, out var limit))
        {
            await TypedResults.Problem(QueryHelp, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
            return;
        }

        var answer = ReadAsync(tickets, open, after, (int)limit, context.RequestAborted);
        await TypedResults.Json(answer, TicketsJsonContext.Default.IAsyncEnumerableTicketJson).ExecuteAsync(context);
    }

    private static async IAsyncEnumerable<TicketJson> ReadAsync(
        BuiltInTickets tickets, bool? open, long after, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (ticket, notes, _) in tickets.ListAsync(open, after, limit, cancellationToken))
        {
            yield return new TicketJson(
                ticket.Id,
                ticket.Key,
                ticket.Customer,
                ticket.Server,
                ticket.Subject,
                ticket.Body,
                ticket.ClosedAt is null ? "open" : "closed",
                ticket.OpenedAt,
                ticket.ClosedAt,
                [.. notes.Select(note => new NoteJson(note.Id, note.Body, note.AddedAt))]);
        }
    }

    private static bool TryState(string? text, out bool? open)
    {
        open = text switch
        {
            "open" => true,
            "closed" => false,
            _ => null,
        };
        return open is not null || string.IsNullOrEmpty(text);
    }

    private static bool TryNumber(string? text, long least, long most, long otherwise, out long number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text)
            || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most);
    }
}
