using Smb1Exporter.TicketReceiver.Access;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Pages;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Puts the receiver together.</summary>
internal static class ReceiverApplication
{
    // A service manager is promised an end within 5 s.
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(3);

    /// <summary>The receiver, ready to be started. Its database exists and its settings are right.</summary>
    /// <param name="configFile">A settings file; null for none.</param>
    /// <param name="settings">Settings of the command line.</param>
    /// <param name="adapt">Replaces parts, for tests.</param>
    /// <exception cref="StartupException">It cannot run; the message says why and what to do.</exception>
    public static WebApplication Build(
        string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings, Action<WebApplicationBuilder>? adapt = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        ReceiverConfiguration.Load(builder.Configuration, configFile, settings);
        var options = ReceiverOptionsReader.Read(builder.Configuration);
        builder.Services.AddAccess(options.Access);
        foreach (var secret in options.Secrets)
        {
            secret.Reveal();
        }

        ConfigureLogging(builder.Logging);
        ConfigureHost(builder);
        AddDeliveryParts(builder.Services, options);
        builder.Services.AddOutbox(options.Delivery, options.Outbox);
        builder.Services.AddBuiltInTickets();
        builder.Services.AddAlerts(options.Alerts);
        builder.Services.AddPages();
        builder.Services.AddMetrics();
        adapt?.Invoke(builder);

        var app = builder.Build();
        OpenDatabase(app);
        app.UseAccess();
        app.UseMetricsAsText();
        MapEndpoints(app);
        return app;
    }

    /// <summary>Adds what makes tickets and where they are kept: what a command needs, and nothing that runs by itself.</summary>
    public static void AddDeliveryParts(IServiceCollection services, ReceiverOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddStorage(options.Database, options.Ticketing.KeyPrefix, options.Delivery.MaxParallelDeliveries);
        services.AddTicketing(options.Ticketing, options.System);
        services.AddComposing(options.Composing);
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });

        // The one thing it logs at this level is that it could not start, which the user is told in one line.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level is >= LogLevel.Warning and not LogLevel.Critical);
    }

    private static void ConfigureHost(WebApplicationBuilder builder)
    {
        builder.Services.AddSystemd().AddWindowsService(service => service.ServiceName = "smb1-ticket-receiver");
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = LongestStop;
            host.ServicesStopConcurrently = true;
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
    }

    private static void OpenDatabase(WebApplication app)
    {
        var database = app.Services.GetRequiredService<IDatabaseEngine>();
        database.Occupy();
        database.Prepare();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapMetrics();

        // A file that it cannot use is told at the start.
        app.Services.GetRequiredService<ITicketingSystem>();
        app.MapAlerts();
        app.MapPages();
        app.MapOutbox();
        app.MapMethods("/-/healthy", GetAndHead.Methods, () => TypedResults.Text("healthy\n"));
    }
}
