using System.Net.Http.Headers;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>
/// Proves who asks: Basic with mail address and API token in Jira Cloud (Atlassian, Basic auth for REST APIs), Bearer with a personal access
/// token in Data Center (Atlassian, Using Personal Access Tokens).
/// </summary>
internal sealed class JiraSignIn(string? user, Secret token)
{
    private readonly BasicSignIn? _basic = user is null ? null : new BasicSignIn(user, token);

    /// <exception cref="StartupException">The file of the token cannot be read.</exception>
    public ValueTask AddAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        if (_basic is not null)
        {
            return _basic.AddAsync(message, cancellationToken);
        }

        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        return ValueTask.CompletedTask;
    }

    /// <summary><paramref name="text"/> without the token, whichever way it was sent.</summary>
    public string RedactIn(string text) => _basic?.RedactIn(text) ?? token.RedactIn(text);
}
