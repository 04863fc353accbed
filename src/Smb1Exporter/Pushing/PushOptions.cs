using System.Security.Cryptography.X509Certificates;
using OpenTelemetry.Exporter;

namespace Smb1Exporter.Pushing;

/// <summary>Where metrics are pushed to, and how: the standard variables of OpenTelemetry, read and checked by <see cref="PushSettings"/>.</summary>
/// <param name="Endpoint">The address that requests go to; with gRPC without the name of the service.</param>
/// <param name="Protocol">The protocol.</param>
internal sealed record PushOptions(Uri Endpoint, OtlpExportProtocol Protocol)
{
    /// <summary>Added to each request.</summary>
    public IReadOnlyList<KeyValuePair<string, Secret>> Headers { get; init; } = [];

    /// <summary>How long one push may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time from one push to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether requests are compressed by gzip.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The authorities of the endpoint's certificate, which are then the only ones trusted; null for those of the machine.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Proves to the endpoint who pushes; null for nothing.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The address as messages show it.</summary>
    public string ShownEndpoint => Endpoint.GetLeftPart(UriPartial.Path);

    /// <summary>Whether the protocol is gRPC.</summary>
    public bool IsGrpc => Protocol == OtlpExportProtocol.Grpc;
}
