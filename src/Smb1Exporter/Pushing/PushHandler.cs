using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Stands between OpenTelemetry's exporter and the connection: completes and compresses each request, and notes what became of it, which the exporter
/// tells nobody. Used by one thread.
/// </summary>
/// <param name="options">Where to, and how.</param>
/// <param name="complete">Completes the message of a request.</param>
/// <param name="connection">Sends.</param>
/// <param name="stopping">Ends what is under way.</param>
internal sealed class PushHandler(
    PushOptions options, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> complete, HttpMessageHandler connection, CancellationToken stopping)
    : DelegatingHandler(connection)
{
    /// <summary>gRPC's frame: a byte that says whether the message is compressed, and its length.</summary>
    private const int GrpcFrame = 5;

    private const int LongestAnswer = 64 * 1024;

    /// <summary>What kept the last request from being taken; null when it was taken, or none was sent yet.</summary>
    public PushProblem? Problem { get; set; }

    /// <summary>How many values of the last request the endpoint left out, and why; null when it took all.</summary>
    public string? LeftOut { get; private set; }

    // The names of hosts are only looked up with a limit where nobody waits for them; the thread is the exporter's own.
#pragma warning disable VSTHRD002
    /// <inheritdoc />
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await CompleteAsync(request, ended.Token).ConfigureAwait(false);
            var response = await base.SendAsync(request, ended.Token).ConfigureAwait(false);
            await NoteAnswerAsync(response, ended.Token).ConfigureAwait(false);
            return response;
        }
        catch (OperationCanceledException)
        {
            Problem = stopping.IsCancellationRequested ? PushProblem.Stopped : PushProblem.OfTimeout(options.Timeout);
            throw;
        }
        catch (HttpRequestException e)
        {
            Problem = PushProblem.Of(e);
            throw;
        }
    }

    private async Task CompleteAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in options.Headers)
        {
            request.Headers.Add(name, value.Reveal());
        }

        var sent = request.Content!;
        var frame = options.IsGrpc ? GrpcFrame : 0;
        var message = complete((await sent.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)).AsMemory(frame));
        if (options.IsCompressed)
        {
            message = Compress(message.Span);
        }

        var content = new ReadOnlyMemoryContent(options.IsGrpc ? Framed(message.Span, options.IsCompressed) : message);
        content.Headers.ContentType = sent.Headers.ContentType;
        if (options.IsCompressed && options.IsGrpc)
        {
            request.Headers.Add("grpc-encoding", "gzip");
        }
        else if (options.IsCompressed)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        request.Content = content;
    }

    private static ReadOnlyMemory<byte> Compress(ReadOnlySpan<byte> message)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }

        return compressed.ToArray();
    }

    private static byte[] Framed(ReadOnlySpan<byte> message, bool isCompressed)
    {
        var framed = new byte[GrpcFrame + message.Length];
        framed[0] = (byte)(isCompressed ? 1 : 0);
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed.AsSpan(GrpcFrame));
        return framed;
    }

    private async Task NoteAnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // Here, so that the limit of time holds for it too, and the trailers of gRPC are there.
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var grpc = options.IsGrpc ? Trailer(response, "grpc-status") ?? "none" : "0";
        LeftOut = null;
        if (!response.IsSuccessStatusCode)
        {
            Problem = PushProblem.Of(response.StatusCode, Redacted(Encoding.UTF8.GetString(answer)));
        }
        else if (response.Content.Headers.ContentType?.MediaType == "text/html")
        {
            Problem = PushProblem.WebPage;
        }
        else if (grpc != "0")
        {
            Problem = PushProblem.OfGrpc(grpc, Redacted(Uri.UnescapeDataString(Trailer(response, "grpc-message") ?? "")));
        }
        else
        {
            Problem = null;
            LeftOut = Pushing.LeftOut.Read(answer.AsSpan(Math.Min(answer.Length, options.IsGrpc ? GrpcFrame : 0)));
        }
    }

    // A server that refuses at once sends no body, and what would be behind it stands among the headers.
    private static string? Trailer(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;

    private string Redacted(string text) => options.Headers.Aggregate(text, (redacted, header) => header.Value.RedactIn(redacted));
}
