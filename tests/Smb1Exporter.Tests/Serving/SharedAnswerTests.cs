using Smb1Exporter.Serving;

namespace Smb1Exporter.Tests.Serving;

public sealed class SharedAnswerTests
{
    private readonly List<TaskCompletionSource<ReadOnlyMemory<byte>>> _renderings = [];
    private readonly SharedAnswer<ReadOnlyMemory<byte>> _answer;

    public SharedAnswerTests() => _answer = new SharedAnswer<ReadOnlyMemory<byte>>(
        _ =>
        {
            var rendering = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_renderings)
            {
                _renderings.Add(rendering);
            }

            return rendering.Task;
        },
        TestContext.Current.CancellationToken);

    [Fact]
    public async Task All_who_ask_while_one_is_rendered_get_the_same_bytes()
    {
        Task<ReadOnlyMemory<byte>>[] asked = [.. Enumerable.Range(0, 100).Select(_ => _answer.GetAsync(TestContext.Current.CancellationToken))];
        var rendering = await RenderingAsync(1);
        var bytes = new byte[] { 1 };

        rendering.SetResult(bytes);

        Assert.All(await Task.WhenAll(asked), body => Assert.True(body.Equals((ReadOnlyMemory<byte>)bytes)));
        Assert.Single(_renderings);
    }

    [Fact]
    public async Task Who_asks_after_that_gets_new_ones()
    {
        var first = _answer.GetAsync(TestContext.Current.CancellationToken);
        (await RenderingAsync(1)).SetResult(new byte[] { 1 });
        Assert.Equal(1, (await first).Span[0]);

        var second = _answer.GetAsync(TestContext.Current.CancellationToken);
        (await RenderingAsync(2)).SetResult(new byte[] { 2 });
        Assert.Equal(2, (await second).Span[0]);
    }

    [Fact]
    public async Task One_who_goes_away_takes_nothing_from_the_others()
    {
        using var gone = new CancellationTokenSource();
        var first = _answer.GetAsync(gone.Token);
        var second = _answer.GetAsync(TestContext.Current.CancellationToken);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        (await RenderingAsync(1)).SetResult(new byte[] { 1 });

        Assert.Equal(1, (await second).Span[0]);
    }

    [Fact]
    public async Task After_a_failure_it_is_rendered_anew()
    {
        var first = _answer.GetAsync(TestContext.Current.CancellationToken);
        (await RenderingAsync(1)).SetException(new IOException());
        await Assert.ThrowsAsync<IOException>(() => first);

        var second = _answer.GetAsync(TestContext.Current.CancellationToken);
        (await RenderingAsync(2)).SetResult(new byte[] { 2 });
        Assert.Equal(2, (await second).Span[0]);
    }

    private async Task<TaskCompletionSource<ReadOnlyMemory<byte>>> RenderingAsync(int number)
    {
        await TestSupport.Eventually.TrueAsync(Begun, $"rendering {number} began");
        return _renderings[number - 1];

        bool Begun()
        {
            lock (_renderings)
            {
                return _renderings.Count >= number;
            }
        }
    }
}
