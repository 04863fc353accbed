using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Pushing;

/// <summary>A request that <see cref="FakeCollector"/> took.</summary>
internal sealed record TakenPush(string Path, IReadOnlyDictionary<string, string> Headers, PushedMetrics Metrics);

/// <summary>
/// A fake of a collector: takes metrics on 127.0.0.1 by HTTP or, without TLS, by gRPC, as https://opentelemetry.io/docs/specs/otlp/ says, and keeps them.
/// </summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private const string Grpc = "application/grpc";

    private readonly ConcurrentQueue<TakenPush> _taken = new();
    private readonly WebApplication _app;

    private FakeCollector(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Answers instead of taking; null to take.</summary>
    public Func<HttpContext, Task>? Refuse { get; set; }

    /// <summary>Sees each push before it is answered.</summary>
    public Action<PushedMetrics>? Seen { get; set; }

    /// <summary>What an answer says that takes a request.</summary>
    public byte[] Answer { get; set; } = [];

    public IReadOnlyList<TakenPush> Taken => [.. _taken];

    /// <param name="protocols">HTTP/1.1 for http/protobuf, HTTP/2 for gRPC.</param>
    /// <param name="tls">What to ask of connections; null for no TLS.</param>
    public static async Task<FakeCollector> StartAsync(HttpProtocols protocols = HttpProtocols.Http1, HttpsConnectionAdapterOptions? tls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (tls is not null)
            {
                listen.UseHttps(tls);
            }
        }));
        var collector = new FakeCollector(builder.Build());
        collector._app.Run(collector.HandleAsync);
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    /// <summary>Waits for a push that fits.</summary>
    public async Task<TakenPush> WhenTakenAsync(Func<PushedMetrics, bool> fits, string what) =>
        (await Eventually.GetAsync(() => Task.FromResult(Taken.LastOrDefault(push => fits(push.Metrics))), push => push is not null, what))!;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Refuse is { } refuse)
        {
            await refuse(context);
            return;
        }

        var isGrpc = context.Request.ContentType == Grpc;
        var metrics = PushedMetrics.Parse(isGrpc ? MessageOf(context, body.ToArray()) : Plain(context.Request.Headers.ContentEncoding, body.ToArray()));
        Seen?.Invoke(metrics);
        _taken.Enqueue(new TakenPush(
            context.Request.Path,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            metrics));
        context.Response.ContentType = isGrpc ? Grpc : "application/x-protobuf";
        if (isGrpc)
        {
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        else
        {
            await context.Response.Body.WriteAsync(Answer);
        }
    }

    private static byte[] MessageOf(HttpContext context, byte[] frame)
    {
        Assert.Equal(frame.Length - 5, BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)));
        return Plain(frame[0] == 1 ? context.Request.Headers["grpc-encoding"].ToString() : "", frame[5..]);
    }

    private static byte[] Plain(string? encoding, byte[] body)
    {
        if (encoding != "gzip")
        {
            return body;
        }

        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
