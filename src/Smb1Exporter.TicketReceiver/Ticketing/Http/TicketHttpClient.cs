using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>
/// Sends one request to a ticketing system and judges the answer by its status (RFC 9110). What an administrator can mend without a
/// change of the request, such as sign-in, rights and addresses, is for later; what is wrong with the request itself is refused.
/// Redirects are not followed: they would take the sign-in elsewhere, and make a GET of a POST.
/// </summary>
/// <param name="client">With the system's address, ending in a slash; its time limit holds for the whole answer.</param>
/// <param name="name">What the system is called in messages.</param>
/// <param name="signIn">Adds what proves who asks.</param>
/// <param name="redact">Takes secrets out of a text.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="forgetSignIn">
/// Forgets a sign-in that was refused; true when a new one can be had, with which the request is sent once more. Null when there is none.
/// </param>
internal sealed class TicketHttpClient(
    HttpClient client,
    string name,
    Func<HttpRequestMessage, CancellationToken, ValueTask> signIn,
    Func<string, string> redact,
    TimeProvider timeProvider,
    Func<bool>? forgetSignIn = null)
{
    /// <summary>The system's address, ending in a slash.</summary>
    public Uri Address => client.BaseAddress!;

    /// <summary>Sends the request; the answer is JSON.</summary>
    /// <exception cref="TicketingException">It was not answered with success and JSON.</exception>
    public async Task<JsonElement> SendAsync(TicketRequest request, CancellationToken cancellationToken)
    {
        var answer = await SendRawAsync(request, cancellationToken);
        return Parse(request, answer);
    }

    /// <summary>Sends the request; null where the answer is 404.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="alsoMissing">Statuses that mean the same as 404.</param>
    /// <exception cref="TicketingException">It was answered neither with success and JSON nor with 404.</exception>
    public async Task<JsonElement?> FindAsync(TicketRequest request, CancellationToken cancellationToken, params HttpStatusCode[] alsoMissing)
    {
        var answer = await SendRawAsync(request, cancellationToken, [HttpStatusCode.NotFound, .. alsoMissing]);
        return answer.Status == HttpStatusCode.NotFound || alsoMissing.Contains(answer.Status) ? null : Parse(request, answer);
    }

    /// <summary>Sends the request; the answer may be any text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <param name="alsoWanted">Statuses that are no failure beside those of success.</param>
    /// <exception cref="TicketingException">It was answered with another status, or not at all.</exception>
    public async Task<HttpAnswer> SendRawAsync(TicketRequest request, CancellationToken cancellationToken, params HttpStatusCode[] alsoWanted)
    {
        var answer = await SendOnceAsync(request, cancellationToken);
        if (answer.Status == HttpStatusCode.Unauthorized && forgetSignIn?.Invoke() == true)
        {
            answer = await SendOnceAsync(request, cancellationToken);
        }

        return (int)answer.Status is >= 200 and < 300 || alsoWanted.Contains(answer.Status) ? answer : throw Judge(request, answer);
    }

    /// <summary>A request as people read it; no secret is in it.</summary>
    /// <param name="purpose">What it is for, as a heading.</param>
    /// <param name="request">The request.</param>
    public PreparedRequest Prepare(string purpose, TicketRequest request) => new(purpose, request.Describe(Address));

    /// <summary>For an answer that is not what the system documents.</summary>
    public TicketingException Unexpected(TicketRequest request, string why, string? answer = null) => Later(
        $"{name} gave an unexpected answer to {Shown(request)}: {why}{(answer is null ? "" : $": {Told(answer)}")}", null);

    /// <summary>For what can never succeed.</summary>
    public TicketingException Refused(TicketRequest request, string why, string? answer = null) => new(new TicketingOutcome.Refused(
        redact($"{name} refused {Shown(request)}: {why}"), answer is null ? null : redact(Excerpt.Whole(answer))));

    private async Task<HttpAnswer> SendOnceAsync(TicketRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = Compose(request);
            await signIn(message, cancellationToken);
            using var response = await client.SendAsync(message, cancellationToken);
            return new HttpAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.Headers);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Later($"{name} did not answer {Shown(request)} within {client.Timeout.TotalSeconds:0} s.", null, e);
        }
        catch (HttpRequestException e)
        {
            var cause = e.GetBaseException();
            var remedy = cause is AuthenticationException ? " If a private authority signed its certificate, name that with Receiver:CaFile." : "";
            throw Later($"{name} cannot be reached at {Address.Authority}: {cause.Message.TrimEnd('.')}.{remedy}", null, e);
        }
        catch (InvalidOperationException e)
        {
            throw Later($"{name} gave an answer to {Shown(request)} that cannot be read: {e.Message.TrimEnd('.')}.", null, e);
        }
    }

    /// <summary>The JSON of an answer.</summary>
    /// <exception cref="TicketingException">It is none.</exception>
    public JsonElement Parse(TicketRequest request, HttpAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Unexpected(request, "it is not JSON", answer.Text);
        }
    }

    private static HttpRequestMessage Compose(TicketRequest request)
    {
        var message = new HttpRequestMessage(request.Method, request.Path);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (header, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(header, value);
        }

        message.Content = request.Body is null ? null : new StringContent(request.Body.ToJsonString(), Encoding.UTF8, "application/json");
        return message;
    }

    private TicketingException Judge(TicketRequest request, HttpAnswer answer)
    {
        var status = $"{(int)answer.Status} {answer.Status}";
        var told = $"{name} answered {status} to {Shown(request)}: {Told(answer.Text)}";
        return (int)answer.Status switch
        {
            >= 300 and < 400 => Later(
                $"{name} answered {status} to {Shown(request)} and points to {Shown(answer.Headers.Location)}. Let Url name the final address.", null),
            401 => Later($"{told} Check the secret and whether it has expired.", null),
            403 => Later($"{told} Check the rights of the account.", null),
            404 => Later($"{told} Check Url and what the request names.", null),
            400 or 405 or 406 or 411 or 413 or 414 or 415 or 422 => new TicketingException(
                new TicketingOutcome.Refused(redact(told), redact(Excerpt.Whole(answer.Text)))),
            _ => Later(told, RetryAfter(answer.Headers)),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - timeProvider.GetUtcNow() is var wait && wait > TimeSpan.Zero => wait,
        _ => null,
    };

    private TicketingException Later(string why, TimeSpan? after, Exception? cause = null) =>
        new(new TicketingOutcome.RetryLater(redact(why), after), cause);

    private static string Shown(Uri? location) => location is null ? "nowhere" : SafeText.Line(location.OriginalString) ?? "nowhere";

    private static string Shown(TicketRequest request) => $"{request.Method} /{request.Path.Split('?')[0]}";

    private static string Told(string answer) => Excerpt.Line(answer) is { } line ? $"{line}." : "(empty answer)";
}

/// <summary>An answer of a ticketing system.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Text">Its body.</param>
/// <param name="Headers">Its headers.</param>
internal sealed record HttpAnswer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers);
