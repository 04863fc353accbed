using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>A request that a fake got. Equal are those that ask for the same, whenever they came.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, string Body)
{
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>When it came, on a clock that is never set.</summary>
    public required TimeSpan At { get; init; }

    public bool Equals(SeenRequest? other) =>
        other is not null && (Method, PathAndQuery, Body) == (other.Method, other.PathAndQuery, other.Body);

    public override int GetHashCode() => HashCode.Combine(Method, PathAndQuery, Body);
}

/// <summary>
/// A fake of a ticketing system: a real HTTP server on 127.0.0.1 which does what the vendor documents. Each request may meet a fault on its
/// way, as <see cref="Faults"/> says.
/// </summary>
internal abstract class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<SeenRequest> _seen = [];

    protected FakeServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use(RecordAsync);
        _app.Use(MeetFaultAsync);
    }

    /// <summary>Which requests go wrong.</summary>
    public FaultPlan Faults { get; } = new();

    /// <summary>Its address, ending in a slash.</summary>
    public Uri Address => new(_app.Urls.First() + "/");

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<SeenRequest> Seen
    {
        get
        {
            lock (_seen)
            {
                return [.. _seen];
            }
        }
    }

    public async Task StartAsync()
    {
        Map(_app);
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds the API.</summary>
    protected abstract void Map(WebApplication app);

    private async Task RecordAsync(HttpContext context, RequestDelegate next)
    {
        context.Request.EnableBuffering();
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        context.Request.Body.Position = 0;
        lock (_seen)
        {
            _seen.Add(new SeenRequest(context.Request.Method, context.Request.Path + context.Request.QueryString.Value, body)
            {
                // The server uses the dictionary again for the next request.
                Headers = new HeaderDictionary(context.Request.Headers.ToDictionary()),
                At = Stopwatch.GetElapsedTime(0),
            });
        }

        await next(context);
    }

    private async Task MeetFaultAsync(HttpContext context, RequestDelegate next)
    {
        var response = context.Response;
        switch (Faults.Next(context.Request))
        {
            case null:
                await next(context);
                break;
            case { Kind: FaultKind.Status } fault:
                response.StatusCode = fault.Status;
                if (fault.RetryAfter is not null)
                {
                    response.Headers.RetryAfter = fault.RetryAfter;
                }

                // Some systems repeat what they were sent.
                await response.WriteAsync($"fault {fault.Status}; you sent {context.Request.Headers.Authorization} {string.Join(' ', context.Request.Headers.Select(header => header.Value))}");
                break;
            case { Kind: FaultKind.Garbage }:
                await response.WriteAsync("<!DOCTYPE html><title>Maintenance</title>");
                break;
            case { Kind: FaultKind.EmptyAnswer }:
                break;
            case { Kind: FaultKind.Redirect }:
                response.Redirect("http://sso.example/login");
                break;
            case { Kind: FaultKind.Cut }:
                context.Abort();
                break;
            case { Kind: FaultKind.Silence }:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case { Kind: var kind }:
                await SpoilAnswerAsync(context, next, kind);
                break;
        }
    }

    private static async Task SpoilAnswerAsync(HttpContext context, RequestDelegate next, FaultKind kind)
    {
        var connection = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await next(context);
        context.Response.Body = connection;
        switch (kind)
        {
            case FaultKind.FalseFailure:
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            case FaultKind.HalfAnswer:
                context.Response.ContentLength = answer.Length + 1;
                await connection.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length / 2));
                await connection.FlushAsync();
                break;
        }

        context.Abort();
    }
}
