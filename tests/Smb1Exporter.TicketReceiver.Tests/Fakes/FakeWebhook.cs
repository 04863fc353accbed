using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>What the receiver of the webhook made of one key.</summary>
internal sealed record HookedTicket(string Key, List<JsonObject> Events);

/// <summary>
/// A receiver of the webhook as the documents ask for one: it drops repeats by Idempotency-Key, answers them as it did before, refuses a key
/// that comes again with another body (draft-ietf-httpapi-idempotency-key-header, 2.6), and keeps one ticket per key.
/// </summary>
internal sealed class FakeWebhook : FakeServer
{
    private readonly Lock _lock = new();
    private readonly List<HookedTicket> _tickets = [];
    private readonly Dictionary<string, (string Body, JsonObject Answer)> _taken = [];

    public string Secret { get; } = $"secret-{Guid.NewGuid():N}";

    public string Method { get; set; } = "POST";

    public IReadOnlyList<HookedTicket> Tickets
    {
        get
        {
            lock (_lock)
            {
                return [.. _tickets.Select(ticket => new HookedTicket(ticket.Key, [.. ticket.Events]))];
            }
        }
    }

    /// <summary>The requests' headers, by name.</summary>
    public List<IHeaderDictionary> Headers { get; } = [];

    /// <summary>Answers instead of the JSON; null for that.</summary>
    public string? PlainAnswer { get; set; }

    protected override void Map(WebApplication app) => app.MapMethods("/hooks/smb1", [Method], (Delegate)TakeAsync);

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        if (context.Request.Headers["X-Api-Key"] != Secret)
        {
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        var key = context.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length < 3 || key[0] != '"' || key[^1] != '"')
        {
            return Results.BadRequest("Idempotency-Key is missing");
        }

        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_lock)
        {
            // The server uses the dictionary again for the next request.
            Headers.Add(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            if (_taken.TryGetValue(key, out var before))
            {
                return before.Body == body
                    ? Results.Json(before.Answer, statusCode: StatusCodes.Status201Created)
                    : Results.UnprocessableEntity("Idempotency-Key is already used");
            }

            var hook = JsonNode.Parse(body)!.AsObject();
            var ticket = _tickets.Find(ticket => ticket.Key == (string)hook["key"]!);
            if (ticket is null)
            {
                ticket = new HookedTicket((string)hook["key"]!, []);
                _tickets.Add(ticket);
            }

            ticket.Events.Add(hook);
            var answer = new JsonObject { ["ticket"] = new JsonObject { ["id"] = _tickets.IndexOf(ticket) + 1 } };
            _taken.Add(key, (body, answer));
            return PlainAnswer is null ? Results.Json(answer, statusCode: StatusCodes.Status201Created) : Results.Text(PlainAnswer);
        }
    }
}
