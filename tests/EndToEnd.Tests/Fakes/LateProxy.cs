using System.Globalization;
using System.Net;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Fakes;

/// <summary>
/// Stands before a real web server and passes requests on late, as a busy server or a queue in the way does: what it took has its effect, also
/// when nobody waits for the answer any more.
/// </summary>
internal sealed class LateProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _target;
    private readonly Func<HttpListenerRequest, TimeSpan> _delay;
    private readonly Task _accepting;
    private int _underWay;

    /// <param name="target">Where the real one is.</param>
    /// <param name="delay">How long a request is held back before it is passed on.</param>
    public LateProxy(Uri target, Func<HttpListenerRequest, TimeSpan> delay)
    {
        _target = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = target };
        _delay = delay;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.Next()}/"));
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>Returns when all that was taken has had its effect.</summary>
    public Task WhenAllPassedOnAsync() => Eventually.TrueAsync(() => Volatile.Read(ref _underWay) == 0, "all requests have reached the server");

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        await WhenAllPassedOnAsync();
        _listener.Close();
        _target.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _underWay);
                _ = PassOnAsync(context);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task PassOnAsync(HttpListenerContext context)
    {
        try
        {
            using var request = await CopyAsync(context.Request);
            await Task.Delay(_delay(context.Request));
            using var answer = await _target.SendAsync(request);
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            var body = await answer.Content.ReadAsByteArrayAsync();
            context.Response.Close(body, willBlock: false);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // One end has gone: nobody is answered.
            context.Response.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpListenerRequest request)
    {
        using var body = new MemoryStream();
        await request.InputStream.CopyToAsync(body);
        var copy = new HttpRequestMessage(new HttpMethod(request.HttpMethod), request.RawUrl);
        if (request.HasEntityBody)
        {
            copy.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var name in request.Headers.AllKeys.OfType<string>().Where(name => name is not ("Host" or "Content-Length" or "Connection" or "Transfer-Encoding")))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, request.Headers[name]))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, request.Headers[name]);
            }
        }

        return copy;
    }
}
