using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Smb1Exporter.Serving;

/// <summary>
/// Writes whole answers to clients that may never read them: in small pieces, so that Kestrel holds no copy of the rest; within a time; and with
/// at most so many bytes under way, an answer that several clients share counted once. Beyond that the oldest answers are broken off.
/// </summary>
internal sealed class AnswerWriter(ServingLimits limits, RefusalLog refusals, TimeProvider timeProvider) : IDisposable
{
    /// <summary>Less than Kestrel holds for a connection before it waits for the client: it need not wait for each piece.</summary>
    private const int PieceLength = 60 * 1024;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _renderOne = new(1);

    // The oldest first.
    private readonly List<Answer> _answers = [];

    /// <summary>How many bytes of answers are under way.</summary>
    public long BytesUnderWay
    {
        get
        {
            lock (_lock)
            {
                return _answers.Sum(answer => (long)answer.Length);
            }
        }
    }

    /// <summary>Renders a text and writes it. One is rendered at a time, so that scrapes need not wait for many pages; whoever went away meanwhile gets none.</summary>
    /// <param name="context">The request.</param>
    /// <param name="render">Makes the whole text.</param>
    /// <exception cref="OperationCanceledException">The client went away, or was too slow.</exception>
    public async Task WriteAsync(HttpContext context, Func<string> render)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(render);
        byte[] body;
        await _renderOne.WaitAsync(context.RequestAborted);
        try
        {
            body = Encoding.UTF8.GetBytes(render());
        }
        finally
        {
            _renderOne.Release();
        }

        await WriteAsync(context, new ReadOnlySequence<byte>(body));
    }

    /// <summary>Writes the body of an answer whose headers are set, and ends the answer; to HEAD it gives the headers alone.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">The whole body; nobody may change it until the answer is written.</param>
    /// <exception cref="OperationCanceledException">The client went away, or was too slow.</exception>
    public async Task WriteAsync(HttpContext context, ReadOnlySequence<byte> body)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        using var tooSlow = new CancellationTokenSource(limits.LongestAnswer, timeProvider);
        using var registration = tooSlow.Token.UnsafeRegister(
            _ =>
            {
                refusals.AnswerBrokenOff(Remote.Of(context));
                context.Abort();
            },
            null);
        var answer = Begin(context, body);
        try
        {
            foreach (var part in body)
            {
                for (var rest = part; !rest.IsEmpty; rest = rest[Math.Min(PieceLength, rest.Length)..])
                {
                    await context.Response.Body.WriteAsync(rest[..Math.Min(PieceLength, rest.Length)], context.RequestAborted);
                    context.RequestAborted.ThrowIfCancellationRequested();
                }
            }

            await context.Response.CompleteAsync();
        }
        finally
        {
            End(answer, context);
        }
    }

    public void Dispose() => _renderOne.Dispose();

    private Answer Begin(HttpContext context, ReadOnlySequence<byte> body)
    {
        // Bodies are the same when they begin in the same array.
        object identity = MemoryMarshal.TryGetArray(body.First, out var segment) && segment.Array is { } array ? array : new object();
        Answer? answer;
        IReadOnlyList<string> brokenOff = [];
        lock (_lock)
        {
            answer = _answers.Find(each => ReferenceEquals(each.Identity, identity));
            if (answer is null)
            {
                brokenOff = MakeRoom((int)body.Length);
                _answers.Add(answer = new Answer(identity, (int)body.Length));
            }

            answer.Readers.Add(context);
        }

        foreach (var remote in brokenOff)
        {
            refusals.AnswerBrokenOff(remote);
        }

        return answer;
    }

    /// <summary>Breaks off the oldest answers. Runs under the lock: a request that has ended, whose context another one may use, is in no answer.</summary>
    private List<string> MakeRoom(int length)
    {
        List<string> brokenOff = [];
        for (var held = BytesUnderWay; held > limits.AnswerBytes - length && _answers.Count > 0; _answers.RemoveAt(0))
        {
            held -= _answers[0].Length;
            foreach (var reader in _answers[0].Readers.ToArray())
            {
                brokenOff.Add(Remote.Of(reader));
                reader.Abort();
            }
        }

        return brokenOff;
    }

    private void End(Answer answer, HttpContext context)
    {
        lock (_lock)
        {
            answer.Readers.Remove(context);
            if (answer.Readers.Count == 0)
            {
                _answers.Remove(answer);
            }
        }
    }

    private sealed record Answer(object Identity, int Length)
    {
        public HashSet<HttpContext> Readers { get; } = [];
    }
}
