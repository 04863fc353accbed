using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Runs the receiver from start to end.</summary>
internal static partial class ReceiverRun
{
    /// <exception cref="StartException">It cannot listen; the message says why and what to do.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // Told to stop before it had started: nothing was taken, nothing is lost.
            return;
        }
        catch (Exception e) when (Explain(e) is { } why)
        {
            throw new StartException(why, e);
        }

        var options = app.Services.GetRequiredService<ReceiverOptions>();
        var access = options.TokenFile is { } file ? $"asks for the token in {file}" : "asks for no token, loopback only";
        Log.Listening(app.Logger, string.Join(", ", app.Urls), access, options.Database, options.TicketingSystem, options.Repeat);
        await app.WaitForShutdownAsync(cancellationToken);
        Log.Stopped(app.Logger);
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

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listening on {Addresses}; {Access}; tickets and outbox in {Database}; ticketing system {TicketingSystem}, repeat {Repeat}")]
        public static partial void Listening(
            ILogger logger, string addresses, string access, string database, TicketingSystemKind ticketingSystem, RepeatMode repeat);

        [LoggerMessage(2, LogLevel.Information, "Stopped; whatever was not delivered is in the outbox")]
        public static partial void Stopped(ILogger logger);
    }
}
