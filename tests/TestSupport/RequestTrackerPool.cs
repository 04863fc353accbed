using System.Collections.Concurrent;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// Request Trackers that the tests of a process use one after the other: to start one takes four seconds of the processor, to make one new
/// again next to nothing. As a fixture of the assembly, it ends them when the last test is done.
/// </summary>
public sealed class RequestTrackerPool : IAsyncDisposable
{
    private static readonly ConcurrentBag<RequestTrackerServer> Idle = [];

    public async ValueTask DisposeAsync()
    {
        while (Idle.TryTake(out var server))
        {
            await server.EndAsync();
        }
    }

    internal static async Task<RequestTrackerServer> TakeAsync()
    {
        while (Idle.TryTake(out var server))
        {
            if (!server.Process.HasExited)
            {
                return server;
            }

            await server.EndAsync();
        }

        return await RequestTrackerServer.StartPooledAsync();
    }

    internal static void GiveBack(RequestTrackerServer server) => Idle.Add(server);
}
