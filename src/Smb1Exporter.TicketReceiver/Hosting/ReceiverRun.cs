using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Runs the receiver from start to end.</summary>
internal static class ReceiverRun
{
    /// <exception cref="StartException">It cannot listen; the message says why and what to do.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (Explain(e) is { } why)
        {
            throw new StartException(why, e);
        }

        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static string? Explain(Exception e) => e switch
    {
        StartException => e.Message,
        IOException { InnerException: AddressInUseException } =>
            $"{e.Message} Stop the other program that listens there, or set another address (urls).",
        IOException or SocketException or FormatException or InvalidOperationException or ArgumentException =>
            $"Cannot listen: {e.Message} Correct the address (urls, Kestrel:Endpoints); the default is http://127.0.0.1:10446.",
        _ => null,
    };
}
