using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>Makes connections to ticketing systems. Certificates are always verified, against the machine's authorities or the private ones named.</summary>
/// <param name="caFile">PEM file of private authorities, which are then the only ones trusted; null for the machine's.</param>
/// <param name="timeout">How long a whole answer may take.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TicketHttpFactory(string? caFile, TimeSpan timeout, TimeProvider timeProvider)
{
    private const long LongestAnswer = 8 * 1024 * 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Addresses of names change.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>How long an attempt may take.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>A client for one system.</summary>
    /// <param name="address">Its address, ending in a slash.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="signIn">Adds what proves who asks.</param>
    /// <param name="secrets">Taken out of all texts that come back.</param>
    /// <exception cref="StartupException">The authorities' file cannot be used.</exception>
    public TicketHttpClient Create(
        Uri address, string name, Func<HttpRequestMessage, CancellationToken, ValueTask> signIn, params Secret?[] secrets) => new(
            CreateRaw(address), name, signIn, text => secrets.OfType<Secret>().Aggregate(text, (redacted, secret) => secret.RedactIn(redacted)), timeProvider);

    /// <summary>The bare client, for what is no JSON API.</summary>
    /// <exception cref="StartupException">The authorities' file cannot be used.</exception>
    public HttpClient CreateRaw(Uri address)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (Authorities() is { } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = PolicyFor(authorities);
        }

        var client = new HttpClient(handler) { BaseAddress = address, Timeout = timeout, MaxResponseContentBufferSize = LongestAnswer };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("smb1-ticket-receiver");
        return client;
    }

    /// <summary>Whether a server's certificate is good, for protocols other than HTTP. Null: the machine's authorities decide.</summary>
    /// <exception cref="StartupException">The authorities' file cannot be used.</exception>
    public RemoteCertificateValidationCallback? CertificateCheck() => Authorities() is { } authorities
        ? (_, certificate, sent, errors) => certificate is not null && IsTrusted(certificate, sent, errors, authorities)
        : null;

    private static bool IsTrusted(X509Certificate certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain { ChainPolicy = PolicyFor(authorities) };
        if (sent is not null)
        {
            // The intermediate authorities that the server sent.
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        using var parsed = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && chain.Build(parsed);
    }

    private static X509ChainPolicy PolicyFor(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private X509Certificate2Collection? Authorities()
    {
        if (caFile is null)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartupException($"Receiver:CaFile: {caFile} cannot be read: {e.Message.TrimEnd('.')}. Name a PEM file of the authorities to trust.", e);
        }

        return authorities.Count > 0
            ? authorities
            : throw new StartupException($"Receiver:CaFile: {caFile} holds no certificate. Name a PEM file of the authorities to trust.");
    }
}
