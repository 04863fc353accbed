using System.Net.Sockets;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Pushing;

/// <summary>Takes connections and never answers.</summary>
internal sealed class SilentServer : TcpServer
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the first request came.</summary>
    public Task Asked => _asked.Task;

    protected override async Task ServeAsync(TcpClient client, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await client.GetStream().ReadAsync(buffer, cancellationToken) > 0)
        {
            _asked.TrySetResult();
        }
    }
}
