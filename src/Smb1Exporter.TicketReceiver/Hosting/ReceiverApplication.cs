using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Pages;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.BuiltIn;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

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
        var token = new AccessToken(options);
        token.Check();
        foreach (var secret in options.Secrets)
        {
            secret.Reveal();
        }

        ConfigureLogging(builder.Logging);
        builder.Services.AddSystemd().AddWindowsService(service => service.ServiceName = "smb1-ticket-receiver");
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureServer(kestrel, token));
        AddReceiver(builder.Services, options, token);
        adapt?.Invoke(builder);

        var app = builder.Build();
        var database = app.Services.GetRequiredService<IDatabaseEngine>();
        database.Occupy();
        database.Prepare();
        app.UseMiddleware<AccessGuard>();
        app.Use(AnswerMetricsAsText);
        MapEndpoints(app);
        return app;
    }

    private static void ConfigureServer(KestrelServerOptions kestrel, AccessToken token)
    {
        kestrel.AddServerHeader = false;
        if (!token.IsRequired)
        {
            // Asked for each address, from whatever setting it comes, before it is listened on.
            kestrel.ConfigureEndpointDefaults(RequireLoopback);
        }
    }

    private static void RequireLoopback(ListenOptions address)
    {
        if (address.EndPoint is IPEndPoint ip ? !IPAddress.IsLoopback(ip.Address) : address.SocketPath is null)
        {
            throw new StartupException(
                $"Refusing to listen on {address} without a token: anyone on the network could make and read tickets. "
                + "Set Receiver:TokenFile to a file that holds a token, or listen on a loopback address such as http://127.0.0.1:10446 (urls).");
        }
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

    private static void AddReceiver(IServiceCollection services, ReceiverOptions options, AccessToken token)
    {
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = LongestStop;
            host.ServicesStopConcurrently = true;
        });
        AddOutbox(services, options);
        services.AddSingleton(token);
        services.AddSingleton(new TicketComposer(options.SubjectTemplate, options.BodyTemplate));
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<AnswerRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<AnswerRecorder>());
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<TicketDelivery>();
        services.AddSingleton<TicketingCheck>();
        services.AddSingleton(provider => provider.GetRequiredService<IDatabaseEngine>().Locks);
        services.AddSingleton(options.RetryPace);
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryWorker>());
        services.AddSingleton(provider => TicketingSystemOf(options, provider));
        services.AddSingleton<BuiltInTickets>();
        services.AddSingleton<DeliveryHistory>();
        services.AddSingleton<RefusalWriter>();
        services.AddSingleton<AlertsEndpoint>();
        services.AddSingleton<TicketsPages>();
        AddMetrics(services);
    }

    /// <summary>The database and what a command needs of it, without anything that runs.</summary>
    public static void AddOutbox(IServiceCollection services, ReceiverOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => options.Database.Create(options.KeyPrefix, options.MaxParallelDeliveries));
        services.AddPooledDbContextFactory<ReceiverDatabase>((provider, database) => provider.GetRequiredService<IDatabaseEngine>().Use(database));
        services.AddSingleton<DatabaseAccess>();
    }

    /// <summary>The ticketing system of the settings.</summary>
    /// <exception cref="StartupException">A file it needs cannot be read.</exception>
    public static ITicketingSystem TicketingSystemOf(ReceiverOptions options, IServiceProvider services) => options.System.Create(new TicketingContext(
        options.Routes, new TicketHttpFactory(options.CaFile, options.RequestTimeout, TimeProvider.System), TimeProvider.System, services));

    private static void AddMetrics(IServiceCollection services)
    {
        // Meters are told apart by name in the whole process: two receivers in one must not count each other's events. No output shows it.
        var meterName = $"Smb1Exporter.TicketReceiver.{Guid.NewGuid():N}";
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReceiverMetrics>(provider, meterName));
        var telemetry = services.AddOpenTelemetry();
        telemetry.ConfigureResource(resource => resource.AddService("smb1-ticket-receiver", autoGenerateServiceInstanceId: false));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(meterName)
            .AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.ScrapeResponseCacheDurationMilliseconds = 0;
            }));
    }

    private static void MapEndpoints(WebApplication app)
    {
        // In this order: the counters show zero from the start only when someone already listens to them.
        app.Services.GetRequiredService<MeterProvider>();
        app.Services.GetRequiredService<ReceiverMetrics>();
        app.Services.GetRequiredService<ITicketingSystem>();
        var pages = app.Services.GetRequiredService<TicketsPages>();
        app.MapPost(AlertsEndpoint.Path, (RequestDelegate)app.Services.GetRequiredService<AlertsEndpoint>().HandleAsync);
        app.MapGet("/", pages.HomeAsync);
        app.MapGet("/tickets/{id:long}", pages.TicketAsync);
        app.MapGet("/deliveries", pages.DeliveriesAsync);
        app.MapGet("/servers/{key}", pages.ServerAsync);
        app.MapPost("/tickets/{id:long}/close", pages.CloseAsync);
        app.MapPost("/deliveries/{id:long}/again", pages.SendAgainAsync);
        app.MapPost("/deliveries/{id:long}/drop", pages.DropAsync);
        app.MapGet(TicketsApi.Path, (HttpContext context, BuiltInTickets tickets) => TicketsApi.HandleAsync(context, tickets));
        app.MapGet("/-/healthy", () => TypedResults.Text("healthy\n"));
        app.MapGet("/-/ready", Readiness.CheckAsync);
        app.MapPrometheusScrapingEndpoint();
    }

    // OpenMetrics would add a _created series to each counter, which nobody asks for.
    private static Task AnswerMetricsAsText(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Equals("/metrics", StringComparison.Ordinal))
        {
            context.Request.Headers.Accept = "text/plain;version=0.0.4";
        }

        return next(context);
    }
}
