using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Runs the receiver from start to end.</summary>
internal static partial class ReceiverRun
{
    /// <exception cref="StartupException">It cannot listen; the message says why and what to do.</exception>
    public static async Task RunAsync(WebApplication app, CancellationToken cancellationToken)
    {
        if (!await Listening.StartAsync(app, ReceiverConfiguration.DefaultUrl, cancellationToken))
        {
            return;
        }

        var options = app.Services.GetRequiredService<ReceiverOptions>();
        var access = options.Access.TokenFile is { } file ? $"asks for the token in {file}" : "asks for no token, loopback only";
        Log.Listening(app.Logger, string.Join(", ", app.Urls), access, options.Database.Name, options.Ticketing.TicketingSystem, options.Delivery.Repeat);
        await app.WaitForShutdownAsync(cancellationToken);
        Log.Stopped(app.Logger);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Listening on {Addresses}; {Access}; tickets and outbox in {Database}; ticketing system {TicketingSystem}, repeat {Repeat}")]
        public static partial void Listening(
            ILogger logger, string addresses, string access, string database, TicketingSystemKind ticketingSystem, RepeatMode repeat);

        [LoggerMessage(2, LogLevel.Information, "Stopped; whatever was not delivered is in the outbox")]
        public static partial void Stopped(ILogger logger);
    }
}
