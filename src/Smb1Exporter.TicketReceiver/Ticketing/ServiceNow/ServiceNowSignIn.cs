using System.Net.Http.Headers;
using System.Text;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Signs in with an account (Basic), an API key, or an OAuth client.</summary>
internal static class ServiceNowSignIn
{
    // Where an instance gives tokens (ServiceNow documentation, "OAuth 2.0 client credentials").
    private const string TokenPath = "oauth_token.do";

    // ServiceNow documentation, "Inbound REST API keys".
    private const string ApiKeyHeader = "x-sn-apikey";

    /// <summary>A client that signs in as the settings say.</summary>
    /// <exception cref="StartupException">The authorities' file cannot be used.</exception>
    public static TicketHttpClient Connect(ServiceNowOptions options, TicketingContext context, string name)
    {
        var client = context.Http.CreateRaw(options.Url!);
        if (options.ClientId is { } id)
        {
            var form = new Dictionary<string, string> { ["client_id"] = id };
            var credentials = new ClientCredentials(client, TokenPath, form, options.ClientSecret!, name, context.TimeProvider);
            return new TicketHttpClient(client, name, credentials.SignInAsync, credentials.RedactIn, context.TimeProvider, credentials.Forget);
        }

        if (options.ApiKey is { } key)
        {
            return new TicketHttpClient(client, name, Add, key.RedactIn, context.TimeProvider);

            ValueTask Add(HttpRequestMessage message, CancellationToken cancellationToken)
            {
                message.Headers.Add(ApiKeyHeader, key.Reveal());
                return ValueTask.CompletedTask;
            }
        }

        var password = options.Password!;
        return new TicketHttpClient(client, name, AddBasic, Redact, context.TimeProvider);

        ValueTask AddBasic(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Basic());
            return ValueTask.CompletedTask;
        }

        string Basic() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{password.Reveal()}"));

        string Redact(string text)
        {
            try
            {
                return password.RedactIn(text.Replace(Basic(), Secret.Redacted, StringComparison.Ordinal));
            }
            catch (StartupException)
            {
                // Without a readable file there is nothing to give away.
                return text;
            }
        }
    }
}
