using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ConnectWise;

/// <summary>Proves who asks: the API member's keys as Basic, and the integration's clientId as a header.</summary>
internal sealed class ConnectWiseSignIn(ConnectWiseOptions options)
{
    private readonly BasicSignIn _basic = new($"{options.CompanyId}+{options.PublicKey}", options.PrivateKey!);

    /// <exception cref="StartupException">The file of a secret cannot be read.</exception>
    public ValueTask AddAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var added = _basic.AddAsync(message, cancellationToken);
        message.Headers.TryAddWithoutValidation("clientId", options.ClientId!.Reveal());
        return added;
    }

    /// <summary><paramref name="text"/> without the private key, whichever way it was sent, and without the clientId.</summary>
    public string RedactIn(string text) => options.ClientId!.RedactIn(_basic.RedactIn(text));
}
