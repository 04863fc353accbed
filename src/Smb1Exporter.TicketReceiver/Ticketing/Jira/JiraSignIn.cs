using System.Net.Http.Headers;
using System.Text;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>
/// Proves who asks: Basic with mail address and API token in Jira Cloud (Atlassian, Basic auth for REST APIs), Bearer with a personal access
/// token in Data Center (Atlassian, Using Personal Access Tokens).
/// </summary>
internal sealed class JiraSignIn(string? user, Secret token)
{
    /// <exception cref="StartupException">The file of the token cannot be read.</exception>
    public ValueTask AddAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        message.Headers.Authorization = user is null
            ? new AuthenticationHeaderValue("Bearer", token.Reveal())
            : new AuthenticationHeaderValue("Basic", Encoded(user));
        return ValueTask.CompletedTask;
    }

    /// <summary><paramref name="text"/> without the token, whichever way it was sent.</summary>
    public string RedactIn(string text)
    {
        try
        {
            var redacted = user is null ? text : text.Replace(Encoded(user), Secret.Redacted, StringComparison.Ordinal);
            return token.RedactIn(redacted);
        }
        catch (StartupException)
        {
            // Without a readable file there is nothing to give away.
            return text;
        }
    }

    private string Encoded(string name) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{token.Reveal()}"));
}
