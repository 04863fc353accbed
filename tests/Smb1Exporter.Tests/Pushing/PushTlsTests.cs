using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Pushing;

/// <summary>Pushes over TLS, with certificates of an authority of the test's own.</summary>
[Collection(InOrder.Name)]
public sealed class PushTlsTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2 _client;

    public PushTlsTests()
    {
        _authority = CreateAuthority("CN=authority");
        _server = Create("CN=collector", _authority);
        _client = Create("CN=FS01", _authority);
        File.WriteAllText(_folder["authority.pem"], _authority.ExportCertificatePem());
        File.WriteAllText(_folder["client.pem"], _client.ExportCertificatePem());
        File.WriteAllText(_folder["client.key"], _client.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _exporter.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000";
        _exporter.Variables["OTEL_EXPORTER_OTLP_CERTIFICATE"] = _folder["authority.pem"];
    }

    public async ValueTask DisposeAsync()
    {
        await _exporter.DisposeAsync();
        _folder.Dispose();
        _authority.Dispose();
        _server.Dispose();
        _client.Dispose();
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task The_endpoint_is_known_by_the_authority_named_and_the_exporter_by_its_own_certificate(string protocol)
    {
        _exporter.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        _exporter.Variables["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE"] = _folder["client.pem"];
        _exporter.Variables["OTEL_EXPORTER_OTLP_CLIENT_KEY"] = _folder["client.key"];
        var seen = "";
        await using var collector = await StartAsync(_server, protocol, (certificate, _, _) =>
        {
            seen = certificate.Subject;
            return true;
        });
        await PushAsync(collector);

        Assert.Single(collector.Taken);
        Assert.Equal("CN=FS01", seen);
    }

    [Fact]
    public async Task An_endpoint_of_another_authority_gets_nothing_and_it_is_told()
    {
        using var stranger = CreateAuthority("CN=stranger");
        using var certificate = Create("CN=collector", stranger);
        await using var collector = await StartAsync(certificate, "http/protobuf", null);
        await PushAsync(collector);

        Assert.Empty(collector.Taken);
        Assert.Contains(_exporter.Logs.GetSnapshot(), record => record.Message.Contains(
            "Check the endpoint's certificate; OTEL_EXPORTER_OTLP_CERTIFICATE names the authorities to trust", StringComparison.Ordinal));
    }

    private static Task<FakeCollector> StartAsync(X509Certificate2 certificate, string protocol, Func<X509Certificate2, X509Chain?, System.Net.Security.SslPolicyErrors, bool>? check) =>
        FakeCollector.StartAsync(protocol == "grpc" ? HttpProtocols.Http2 : HttpProtocols.Http1, new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = check is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = check,
        });

    private async Task PushAsync(FakeCollector collector)
    {
        _exporter.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        await _exporter.StartAsync();
        await _exporter.StopAsync();
    }

    private static X509Certificate2 CreateAuthority(string subject)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
    }

    private static X509Certificate2 Create(string subject, X509Certificate2 authority)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
