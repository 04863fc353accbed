namespace Smb1Exporter.Serving;

/// <summary>
/// One answer for all who ask at the same time: it is rendered once at a time, and whoever asks meanwhile gets the same. Whoever asks
/// after that gets new ones, so nobody's values ever fall.
/// </summary>
/// <typeparam name="T">What is rendered; nobody may change it.</typeparam>
/// <param name="renderAsync">Renders; its token ends with the program, not with one of those who ask.</param>
/// <param name="stopping">Ends rendering.</param>
internal sealed class SharedAnswer<T>(Func<CancellationToken, Task<T>> renderAsync, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private Task<T>? _underWay;

    /// <summary>The answer of the rendering under way, or of a new one. A failure is that of all who waited for it.</summary>
    /// <param name="cancellationToken">Ends the wait; the others still get their answer.</param>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // A task that is done is never handed out again, so what follows a failure or a change is rendered anew.
            if (_underWay is not { IsCompleted: false })
            {
                _underWay = Task.Run(() => renderAsync(stopping), stopping);
            }

            return _underWay.WaitAsync(cancellationToken);
        }
    }
}
