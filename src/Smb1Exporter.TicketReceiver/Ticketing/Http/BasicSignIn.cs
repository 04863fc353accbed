using System.Net.Http.Headers;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>Signs requests in with a name and a secret (RFC 7617).</summary>
internal sealed class BasicSignIn(string user, Secret secret)
{
    /// <exception cref="StartupException">The file of the secret cannot be read.</exception>
    public ValueTask AddAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Encode(secret.Reveal()));
        return ValueTask.CompletedTask;
    }

    /// <summary><paramref name="text"/> without the secret, also as it was sent.</summary>
    public string RedactIn(string text) => secret.RedactIn(text, Encode);

    private string Encode(string revealed) => SentSecrets.Base64($"{user}:{revealed}");
}
