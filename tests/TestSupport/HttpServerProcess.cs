namespace Smb1Exporter.TestSupport;

/// <summary>A server a test started as a process of its own, which answers HTTP on a port of 127.0.0.1.</summary>
public class HttpServerProcess : IAsyncDisposable
{
    protected HttpServerProcess(ChildProcess process, int port)
    {
        Process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Process { get; }

    public Uri Address { get; }

    /// <summary>A client whose base address is the server.</summary>
    public HttpClient Http { get; }

    public virtual async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What becomes of it when its test is done: it ends.</summary>
    protected virtual async Task LeaveAsync()
    {
        await Process.DisposeAsync();
        Http.Dispose();
    }

    /// <summary>Hands the server back once <paramref name="path"/> answers 200.</summary>
    /// <exception cref="PortTakenException">The server ended because its port was in use.</exception>
    protected static async Task<T> WhenReadyAsync<T>(T server, string path)
        where T : HttpServerProcess
    {
        try
        {
            await server.WaitUntilAnsweredAsync(path);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task WaitUntilAnsweredAsync(string path)
    {
        try
        {
            await Eventually.GetAsync(
                async () => Process.HasExited || await AnswersAsync(path), done => done, $"{Address}{path[1..]} answers", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}. Its output:\n{Process.Output}");
        }

        if (Process.HasExited)
        {
            var code = await Process.WaitForExitAsync(TimeSpan.FromSeconds(5));
            throw Process.Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase)
                ? new PortTakenException(Process.Output)
                : new InvalidOperationException($"The server ended with exit code {code}. Its output:\n{Process.Output}");
        }
    }

    private async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var response = await Http.GetAsync(path);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
