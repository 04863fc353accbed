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
            return new TicketHttpClient(client, name, AddAsync, key.RedactIn, context.TimeProvider);

            ValueTask AddAsync(HttpRequestMessage message, CancellationToken cancellationToken)
            {
                message.Headers.Add(ApiKeyHeader, key.Reveal());
                return ValueTask.CompletedTask;
            }
        }

        var basic = new BasicSignIn(options.User!, options.Password!);
        return new TicketHttpClient(client, name, basic.AddAsync, basic.RedactIn, context.TimeProvider);
    }
}
