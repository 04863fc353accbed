using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>A private certificate authority, as companies run one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = Request("CN=Private authority", key, isAuthority: true).CreateSelfSigned(From, To);
    }

    private TestAuthority(X509Certificate2 issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _certificate = Sign(Request("CN=Intermediate authority", key, isAuthority: true), key, issuer, To.AddMinutes(-1));
    }

    /// <summary>Its certificate as PEM.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    private static DateTimeOffset From => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset To => TimeProvider.System.GetUtcNow().AddDays(1);

    /// <summary>An authority that this one signed.</summary>
    public TestAuthority Intermediate() => new(_certificate);

    /// <summary>A server certificate for an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="expired">Whether its time is over.</param>
    public X509Certificate2 Issue(IPAddress address, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=Server", key, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return Sign(request, key, _certificate, expired ? From.AddHours(1) : To.AddMinutes(-2));
    }

    /// <summary>The same, with this authority's own certificate beside it, as servers send them.</summary>
    public SslStreamCertificateContext IssueWithChain(IPAddress address, bool expired = false) =>
        SslStreamCertificateContext.Create(Issue(address, expired), [_certificate], offline: true);

    public void Dispose() => _certificate.Dispose();

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (isAuthority)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        }

        return request;
    }

    private static X509Certificate2 Sign(CertificateRequest request, ECDsa key, X509Certificate2 issuer, DateTimeOffset to)
    {
        using var certificate = request.Create(issuer, From.AddMinutes(1), to, RandomNumberGenerator.GetBytes(8));
        using var withKey = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
