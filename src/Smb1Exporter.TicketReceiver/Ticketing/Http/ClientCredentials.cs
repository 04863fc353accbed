using System.Net.Http.Headers;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>
/// Signs requests in with a token that an OAuth 2 server gives for an identifier and a secret (RFC 6749, section 4.4). The token is kept
/// until shortly before it expires.
/// </summary>
/// <param name="client">With the server's address.</param>
/// <param name="path">Where tokens are given, relative to the address.</param>
/// <param name="form">What is asked for; the secret and the kind of grant are added here.</param>
/// <param name="secret">The secret.</param>
/// <param name="name">What the server is called in messages.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ClientCredentials(
    HttpClient client, string path, IReadOnlyDictionary<string, string> form, Secret secret, string name, TimeProvider timeProvider)
{
    // A token that expires on its way is refused.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // RFC 6749 lets a server leave the lifetime out.
    private static readonly TimeSpan OtherwiseValid = TimeSpan.FromMinutes(10);

    private static readonly string[] ErrorKeys = ["error", "error_description"];

    // Requests side by side may each ask for a token; the last one is kept, and all of them hold.
    private volatile Token? _token;
    private volatile Token? _previous;

    /// <summary>Signs a request in, after a request for a token where there is none.</summary>
    /// <exception cref="TicketingException">No token is given now.</exception>
    public async ValueTask SignInAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_token is not { } token || token.Until <= timeProvider.GetUtcNow())
        {
            _previous = _token;
            _token = token = await AskAsync(cancellationToken);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
    }

    /// <summary>Forgets the token; true when there was one.</summary>
    public bool Forget()
    {
        if (_token is not { } token)
        {
            return false;
        }

        _previous = token;
        _token = null;
        return true;
    }

    /// <summary><paramref name="text"/> without the secret and the tokens.</summary>
    public string RedactIn(string text)
    {
        foreach (var token in new[] { _token, _previous })
        {
            text = token is null ? text : text.Replace(token.Value, Secret.Redacted, StringComparison.Ordinal);
        }

        return secret.RedactIn(text);
    }

    private async Task<Token> AskAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        using var content = new FormUrlEncodedContent(
            [.. form, new("grant_type", "client_credentials"), new("client_secret", secret.Reveal())]);
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return (response.IsSuccessStatusCode ? Parse(answer, now) : null) ?? throw new TicketingException(new TicketingOutcome.RetryLater(
            $"{name} answered {(int)response.StatusCode} {response.StatusCode} to the request for a token at /{path.Split('?')[0]}"
            + $"{Explanation(answer)}. Check the client's id and secret, and that it may sign in this way.",
            response.Headers.RetryAfter?.Delta));
    }

    // The rest of an answer may hold a token.
    private string Explanation(string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var words = ErrorKeys
                .Select(key => document.RootElement.Text(key))
                .OfType<string>();
            return SafeText.Line(string.Join(", ", words)) is { } line ? $" ({RedactIn(line)})" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static Token? Parse(string answer, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var value = document.RootElement.GetProperty("access_token").GetString();
            var lifetime = document.RootElement.TryGetProperty("expires_in", out var seconds) && seconds.TryGetInt32(out var whole)
                ? TimeSpan.FromSeconds(whole)
                : OtherwiseValid;
            return string.IsNullOrEmpty(value) ? null : new Token(value, now + lifetime - Margin);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private sealed record Token(string Value, DateTimeOffset Until);
}
