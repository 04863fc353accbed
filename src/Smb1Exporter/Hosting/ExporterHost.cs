using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Exposition;
using Smb1Exporter.Naming;
using Smb1Exporter.Pushing;
using Smb1Exporter.Serving;
using Smb1Exporter.State;

namespace Smb1Exporter.Hosting;

/// <summary>Composes and runs the exporter.</summary>
internal static partial class ExporterHost
{
    internal const string DefaultUrl = "http://*:10445";

    /// <summary>Runs until told to stop.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="StartupException">It cannot start.</exception>
    public static async Task<int> RunAsync(string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine)
    {
        await using var app = Build(configFile, commandLine);
        if (await Listening.StartAsync(app, DefaultUrl, CancellationToken.None))
        {
            await Task.WhenAll(app.WaitForShutdownAsync(), StartMemory.GiveBackAsync(app));
        }

        return Environment.ExitCode;
    }

    /// <summary>Composes the application.</summary>
    /// <param name="configFile">The file named with <c>--config</c>, or null.</param>
    /// <param name="commandLine">Settings of the command line.</param>
    /// <param name="replace">Replaces services, for tests.</param>
    internal static WebApplication Build(
        string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ConfigurationSources.Load(builder.Configuration, configFile, commandLine);
        Listening.UseDefault(builder.Configuration, DefaultUrl);
        var settings = Settings.Read(builder.Configuration);
        var push = PushSettings.Read(builder.Configuration);

        ConfigureHost(builder);
        AddServices(builder.Services, settings);
        builder.Services.AddSingleton<KnownSessionKeys>(provider => () => provider.GetRequiredService<AttemptStore>().KnownSessions);
        builder.Services.AddSmb1Metrics();
        if (push is not null)
        {
            builder.Services.AddPush(push);
        }

        builder.AddServing(provider => provider.GetRequiredService<HostResource>().HostName);
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.Lifetime.ApplicationStopping.Register(() => WindowsService.TellExitCode(app.Services));
        PushAnnouncement.Write(app.Services.GetRequiredService<ILogger<PushExporter>>(), push, app.Configuration);
        app.UseServing();
        app.MapExporterEndpoints();
        return app;
    }

    private static void ConfigureHost(WebApplicationBuilder builder)
    {
        builder.WebHost.UseKestrelHttpsConfiguration();
        WindowsService.Add(builder.Services);
        builder.Services.AddSystemd();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(3));
        builder.Logging
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information)

            // What stops the start is told once, on standard error, without a stack trace.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddConfiguration(builder.Configuration.GetSection("Logging"))
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            });
    }

    /// <summary>Adds everything but what concerns HTTP.</summary>
    internal static void AddServices(IServiceCollection services, Settings settings)
    {
        var kind = AuditParts.KindOf(settings.Auditing.Source);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Auditing);
        services.AddSingleton(settings.Counting);
        services.AddSingleton(settings.Exposition);
        services.AddSingleton(settings.Verdict);
        services.AddSingleton<HostState>();
        services.AddSingleton<IMachineIdentity, MachineIdentity>();
        services.AddSingleton(MachineName.OfSystem());
        services.AddSingleton(CreateResource);
        services.AddSingleton(provider => provider.GetRequiredService<HostResource>().Resource);
        services.AddSingleton<IProcessRunner, ProcessRunner>();
        services.AddSingleton(provider => AuditParts.CreateSource(kind, provider));
        services.AddSingleton(provider => AuditParts.CreateSwitch(kind, provider));
        services.AddSingleton(provider => OpenStore(settings, provider));
        services.AddSingleton<ExporterRecorder>();
        services.AddHostedService(provider => provider.GetRequiredService<ExporterRecorder>());
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<AuditWorker>(provider, kind));
        services.AddSingleton<OwnConnections>();
        services.AddSingleton(provider => AuditParts.CreateProver(kind, provider));
        services.AddSingleton<HostEvidence>();
        services.AddHostedService<AuditingKeeper>();
        services.AddHostedService<ProofWorker>();
        services.AddSingleton<CoverageWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<CoverageWorker>());
        services.AddHostedService<RetentionWorker>();
        services.AddSingleton<INameLookup, SystemNameLookup>();
        services.AddHostedService<NameWorker>();
    }

    private static HostResource CreateResource(IServiceProvider provider)
    {
        var machine = provider.GetRequiredService<MachineName>();
        var resource = new HostResource(
            provider.GetRequiredService<ExpositionOptions>(), machine, provider.GetRequiredService<AttemptStore>().HostNameBefore);
        var logger = provider.GetRequiredService<ILogger<HostResource>>();
        if (resource.IsKeptShort)
        {
            Log.HostNameKeptShort(logger, HostResource.KeptShort(machine));
        }
        else if (resource.IsWhole)
        {
            Log.HostNameIsWhole(logger, resource.HostName, machine.Short);
        }

        return resource;
    }

    private static AttemptStore OpenStore(Settings settings, IServiceProvider provider)
    {
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        var logger = provider.GetRequiredService<ILogger<AttemptStore>>();
        var file = StateFile.Open(settings.Counting.StateFile, timeProvider, provider.GetRequiredService<IMachineIdentity>().Id);
        if (file.SetAside is { } setAside)
        {
            Log.StateSetAside(logger, file.Path, setAside.Path);
        }

        if (file.OfAnotherMachine is { } other)
        {
            Log.StateOfAnotherMachine(logger, file.Path, other.Path);
        }

        if (file.IsOlderCopy)
        {
            Log.StateIsOlderCopy(logger, file.Path);
        }

        if (settings.Counting.ExcludedClients is { Count: > 0 } excluded)
        {
            Log.Excluded(logger, excluded);
            foreach (var family in ClientExclusions.Parse(excluded).WholeFamilies)
            {
                Log.AllExcluded(logger, family);
            }
        }

        file.WrittenAnew += (why, damaged) => Log.StateWrittenAnew(logger, file.Path, why, damaged is null ? "" : $" The damaged one is kept as {damaged.Path}.");

        return new AttemptStore(file, settings.Counting, settings.Auditing.InitialLookback, timeProvider);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 500, Level = LogLevel.Error, Message =
            "The state file {Path} was damaged and is set aside as {SetAside}; a new one is begun, totals start at zero, and a gap is counted")]
        public static partial void StateSetAside(ILogger logger, string path, string setAside);

        [LoggerMessage(EventId = 501, Level = LogLevel.Warning, Message =
            "The state file {Path} is of another machine, from which this one seems to be a copy. It is kept as {SetAside}, and counting begins anew: " +
            "what another machine saw proves nothing of this one.")]
        public static partial void StateOfAnotherMachine(ILogger logger, string path, string setAside);

        [LoggerMessage(EventId = 508, Level = LogLevel.Warning, Message =
            "The state file {Path} is an older copy of itself (restored from a backup?). What was counted since is lost, and values shown before may fall; a gap is counted.")]
        public static partial void StateIsOlderCopy(ILogger logger, string path);

        [LoggerMessage(EventId = 503, Level = LogLevel.Warning, Message = "The state file {Path} was written anew from memory, because {Why}; nothing is lost.{Rest}")]
        public static partial void StateWrittenAnew(ILogger logger, string path, string why, string rest);

        [LoggerMessage(EventId = 506, Level = LogLevel.Warning, Message = "{Problem}")]
        public static partial void HostNameKeptShort(ILogger logger, string problem);

        [LoggerMessage(EventId = 507, Level = LogLevel.Information, Message =
            "The label host_name is {Name}, the whole name of this machine. Exporter:HostNameForm=Short makes it {Short}.")]
        public static partial void HostNameIsWhole(ILogger logger, string name, string @short);

        [LoggerMessage(EventId = 504, Level = LogLevel.Information, Message =
            "Attempts by these clients are counted apart and raise no alert (Exporter:ExcludedClients): {Clients}")]
        public static partial void Excluded(ILogger logger, IReadOnlyList<string> clients);

        [LoggerMessage(EventId = 505, Level = LogLevel.Warning, Message =
            "Exporter:ExcludedClients excludes every client of {Range}: no use of SMB1 by one is ever reported. List the scanners alone.")]
        public static partial void AllExcluded(ILogger logger, string range);
    }
}
