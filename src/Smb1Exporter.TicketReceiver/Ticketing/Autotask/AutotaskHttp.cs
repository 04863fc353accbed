using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>Sends requests to Autotask as its API wants them.</summary>
internal sealed class AutotaskHttp(AutotaskOptions options, string name, TicketHttpFactory factory)
{
    private readonly TicketHttpClient _client = factory.Create(
        options.Url!,
        name,
        (request, _) =>
        {
            request.Headers.TryAddWithoutValidation("ApiIntegrationCode", options.IntegrationCode);
            request.Headers.TryAddWithoutValidation("UserName", options.UserName);
            request.Headers.TryAddWithoutValidation("Secret", options.Secret!.Reveal());
            return ValueTask.CompletedTask;
        },
        options.Secret);

    /// <inheritdoc cref="TicketHttpClient.Prepare"/>
    public PreparedRequest Prepare(string purpose, TicketRequest request) => _client.Prepare(purpose, request);

    /// <summary>All items, page by page.</summary>
    /// <exception cref="TicketingException">It was not answered as documented.</exception>
    public async IAsyncEnumerable<JsonElement> ListAsync(TicketRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = request; next is not null;)
        {
            var page = next;
            var answer = await _client.SendAsync(page, cancellationToken);
            foreach (var item in AutotaskAnswers.Items(answer) ?? throw Unexpected(page, "it is not a list of items", answer))
            {
                yield return item;
            }

            next = AutotaskAnswers.NextPage(answer) is { } path ? AutotaskRequests.Next(path) : null;
        }
    }

    /// <summary>Asks for the fields of an entity.</summary>
    /// <exception cref="TicketingException">It was not answered as documented.</exception>
    public async Task<AutotaskFields> FieldsAsync(string entity, CancellationToken cancellationToken)
    {
        var request = AutotaskRequests.Fields(entity);
        var answer = await _client.SendAsync(request, cancellationToken);
        return AutotaskFields.Parse(answer) ?? throw Unexpected(request, "it does not list fields", answer);
    }

    /// <summary>Reads a ticket; null when it does not exist, to which Autotask answers with no item.</summary>
    /// <exception cref="TicketingException">It was not answered as documented.</exception>
    public async Task<AutotaskTicket?> ReadAsync(string reference, CancellationToken cancellationToken)
    {
        var request = AutotaskRequests.Read(reference);
        return await _client.FindAsync(request, cancellationToken) is not { } answer
            ? null
            : answer.Member("item") switch
            {
                { ValueKind: JsonValueKind.Null } => null,
                { } item when AutotaskAnswers.Ticket(item) is { } ticket => ticket,
                _ => throw Unexpected(request, "it is not a ticket", answer),
            };
    }

    /// <summary>Makes something new.</summary>
    /// <returns>Its number; null where the answer is 404.</returns>
    /// <exception cref="TicketingException">It was not made.</exception>
    public async Task<long?> MakeAsync(TicketRequest request, CancellationToken cancellationToken)
    {
        var answer = await _client.SendRawAsync(request, cancellationToken, HttpStatusCode.InternalServerError, HttpStatusCode.NotFound);
        switch (answer.Status)
        {
            case HttpStatusCode.NotFound:
                return null;
            case HttpStatusCode.InternalServerError:
                throw AutotaskAnswers.LastingErrors(answer.Text) is { } errors
                    ? _client.Refused(request, errors, answer.Text)
                    : _client.Unexpected(request, "500 InternalServerError", answer.Text);
            default:
                var made = _client.Parse(request, answer);
                return made.Number("itemId") ?? throw Unexpected(request, "it names no itemId", made);
        }
    }

    /// <summary>For what can never succeed.</summary>
    public TicketingException Refused(TicketRequest request, string why) => _client.Refused(request, why);

    /// <summary>For an answer that is not what Autotask documents.</summary>
    public TicketingException Unexpected(TicketRequest request, string why, JsonElement? answer = null) =>
        _client.Unexpected(request, why, answer?.GetRawText());
}
