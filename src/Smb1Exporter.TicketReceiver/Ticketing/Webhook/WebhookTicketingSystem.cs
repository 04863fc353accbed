using System.Net;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.Webhook;

/// <summary>
/// Any system that takes JSON at one address. It cannot be asked about its tickets: the first firing says open, each later one note, all with
/// the key, by which the receiver of the webhook finds its ticket. A repeat after a lost answer has the same Idempotency-Key.
/// </summary>
internal sealed class WebhookTicketingSystem : ITicketingSystem
{
    private static readonly HttpStatusCode[] Answers =
    [
        .. Enumerable.Range(300, 300).Select(status => (HttpStatusCode)status).Except(
            [HttpStatusCode.TooManyRequests, HttpStatusCode.BadGateway, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout]),
    ];

    private readonly WebhookOptions _options;
    private readonly TicketHttpClient _http;

    public WebhookTicketingSystem(WebhookOptions options, TicketingContext context)
    {
        _options = options;
        Secret?[] secrets = [options.UrlSecret, .. options.Headers.Select(header => header.Secret)];
        _http = context.Http.Create(options.Url, "The webhook", SignInAsync, secrets);
    }

    // A query may hold what others should not read.
    public string Name => $"the webhook at {_options.Url.GetLeftPart(UriPartial.Path)}";

    /// <summary>
    /// Whether anything answers there. A call of the webhook could open a ticket, so OPTIONS asks, a method that changes nothing (RFC 9110, 9.2.1);
    /// any answer will do but that of a gateway which reaches nothing.
    /// </summary>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        if (_options.Probe)
        {
            await _http.SendRawAsync(new TicketRequest(HttpMethod.Options, ""), cancellationToken, Answers);
        }

        return [];
    }

    public Task<TicketingOutcome> FindOpenAsync(TicketSearch search, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(search.Known));

    public Task<TicketingOutcome> CreateAsync(TicketMessage message, CancellationToken cancellationToken) =>
        CallAsync(WebhookEvent.Open(message), cancellationToken);

    // It cannot be asked; the repeat is told by its Idempotency-Key.
    public Task<TicketingOutcome> FindNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        Task.FromResult<TicketingOutcome>(new TicketingOutcome.Done(null));

    public Task<TicketingOutcome> AddNoteAsync(string reference, TicketMessage message, CancellationToken cancellationToken) =>
        CallAsync(WebhookEvent.Note(message, reference), cancellationToken);

    public IEnumerable<PreparedRequest> Preview(TicketMessage ticket, TicketMessage note) =>
    [
        new("First firing", Describe(WebhookEvent.Open(ticket))),
        new("Next firing", Describe(WebhookEvent.Note(note, _options.ReferencePath is null ? ticket.Key : "REFERENCE"))),
    ];

    private async Task<TicketingOutcome> CallAsync(WebhookEvent hook, CancellationToken cancellationToken)
    {
        var request = Request(hook);
        var answer = await _http.SendRawAsync(request, cancellationToken);
        if (_options.ReferencePath is not { } path)
        {
            return new TicketingOutcome.Done(hook.Message.Key);
        }

        return path.Find(answer.Text) is { } reference
            ? new TicketingOutcome.Done(reference)
            : throw _http.Unexpected(request, $"it does not name the ticket at {path} (Receiver:Webhook:ReferencePath)", answer.Text);
    }

    private TicketRequest Request(WebhookEvent hook) => new(MethodOf(_options.Method), "", _options.Template.Render(hook))
    {
        // A string of RFC 8941: with quotes.
        Headers = new Dictionary<string, string> { [WebhookHeader.IdempotencyKey] = $"\"{hook.Message.DeliveryId}\"" },
    };

    private string Describe(WebhookEvent hook)
    {
        var request = Request(hook);
        var headers = new Dictionary<string, string>(request.Headers);
        foreach (var header in _options.Headers)
        {
            headers[header.Name] = header.Value ?? Secret.Redacted;
        }

        var address = _options.UrlSecret is null ? _options.Url : new Uri(_options.Url.OriginalString + Secret.Redacted);
        return (request with { Headers = headers }).Describe(address);
    }

    private ValueTask SignInAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        if (_options.UrlSecret is not null)
        {
            message.RequestUri = WebhookOptions.ParseUrl(_options.Url.OriginalString + _options.UrlSecret.Reveal())
                ?? throw new StartupException("Receiver:Webhook:Url and Receiver:Webhook:UrlSecretFile together are no address. Correct one of them.");
        }

        foreach (var header in _options.Headers)
        {
            message.Headers.TryAddWithoutValidation(header.Name, header.Value ?? header.Secret!.Reveal());
        }

        return ValueTask.CompletedTask;
    }

    private static HttpMethod MethodOf(WebhookMethod method) => method switch
    {
        WebhookMethod.Post => HttpMethod.Post,
        WebhookMethod.Put => HttpMethod.Put,
        WebhookMethod.Patch => HttpMethod.Patch,
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, null),
    };
}
