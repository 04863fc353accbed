using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Serving;

namespace Smb1Exporter.Tests.Serving;

public sealed class AnswerWriterTests : IDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly FakeLogger<RefusalLog> _log = new();
    private readonly RefusalLog _refusals;
    private readonly AnswerWriter _writer;

    public AnswerWriterTests()
    {
        _refusals = new RefusalLog(_clock, _log);
        _writer = new AnswerWriter(new ServingLimits(4, 1000, LongestAnswer), _refusals, _clock);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _refusals.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024)]
    [InlineData(100_000)]
    public async Task The_whole_body_goes_out_in_pieces(int length)
    {
        var client = new Client(reads: true);
        var body = new byte[length];
        new Random(1).NextBytes(body);

        await _writer.WriteAsync(client.Context, new ReadOnlySequence<byte>(body));

        Assert.Equal(length, client.Context.Response.ContentLength);
        Assert.Equal(body, client.Received.ToArray());
        Assert.True(client.LongestPiece <= 64 * 1024);
        Assert.Equal(0, _writer.BytesUnderWay);
    }

    [Fact]
    public async Task HEAD_gets_the_length_alone()
    {
        var client = new Client(reads: true);
        client.Context.Request.Method = HttpMethods.Head;
        await _writer.WriteAsync(client.Context, () => "äb");
        Assert.Equal(3, client.Context.Response.ContentLength);
        Assert.Equal(0, client.Received.Length);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_left_after_a_minute_and_that_is_logged()
    {
        var client = new Client(reads: false);
        var answer = _writer.WriteAsync(client.Context, new ReadOnlySequence<byte>(new byte[10]));

        _clock.Advance(LongestAnswer - TimeSpan.FromSeconds(1));
        Assert.False(client.IsAborted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.True(client.IsAborted);
        Assert.Equal(0, _writer.BytesUnderWay);
        Assert.Single(_log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Beyond_the_bytes_allowed_the_oldest_answers_are_broken_off()
    {
        Client[] clients = [.. Enumerable.Range(0, 3).Select(_ => new Client(reads: false))];
        var first = _writer.WriteAsync(clients[0].Context, new ReadOnlySequence<byte>(new byte[400]));
        var second = _writer.WriteAsync(clients[1].Context, new ReadOnlySequence<byte>(new byte[600]));
        Assert.Equal(1000, _writer.BytesUnderWay);

        var third = _writer.WriteAsync(clients[2].Context, new ReadOnlySequence<byte>(new byte[300]));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal([true, false, false], clients.Select(client => client.IsAborted));
        Assert.Equal(900, _writer.BytesUnderWay);
        await EndAsync(clients, second, third);
    }

    [Fact]
    public async Task A_body_that_many_share_counts_once()
    {
        var body = new byte[900];
        Client[] clients = [.. Enumerable.Range(0, 10).Select(_ => new Client(reads: false))];
        Task[] answers = [.. clients.Select(client => _writer.WriteAsync(client.Context, new ReadOnlySequence<byte>(body)))];
        Assert.Equal(900, _writer.BytesUnderWay);
        Assert.DoesNotContain(clients, client => client.IsAborted);
        await EndAsync(clients, answers);
    }

    [Fact]
    public async Task An_answer_larger_than_all_that_is_allowed_still_goes_out()
    {
        var client = new Client(reads: true);
        await _writer.WriteAsync(client.Context, new ReadOnlySequence<byte>(new byte[5000]));
        Assert.Equal(5000, client.Received.Length);
    }

    private static async Task EndAsync(Client[] clients, params Task[] answers)
    {
        foreach (var client in clients)
        {
            client.Context.Abort();
        }

        foreach (var answer in answers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        }
    }

    /// <summary>A request whose client reads everything or nothing.</summary>
    private sealed class Client : Stream, IHttpRequestLifetimeFeature
    {
        private readonly bool _reads;
        private readonly CancellationTokenSource _aborted = new();

        public Client(bool reads)
        {
            _reads = reads;
            Context.Request.Method = HttpMethods.Get;
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
            Context.Response.Body = this;
            RequestAborted = _aborted.Token;
        }

        public DefaultHttpContext Context { get; } = new();

        public MemoryStream Received { get; } = new();

        public int LongestPiece { get; private set; }

        public bool IsAborted => _aborted.IsCancellationRequested;

        public CancellationToken RequestAborted { get; set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Abort() => _aborted.Cancel();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_reads)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            LongestPiece = Math.Max(LongestPiece, buffer.Length);
            await Received.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
