using System.Diagnostics.CodeAnalysis;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.Probing;
using Smb1Exporter.Probing.Windows;

namespace Smb1Exporter.Hosting;

/// <summary>Gives the keys of the open sessions that are stored. Only where somebody stores them: who merely looks must not take the state file.</summary>
internal delegate IReadOnlyCollection<string> KnownSessionKeys();

/// <summary>Picks the audit log and the switch that fit the platform or the setting.</summary>
internal static class AuditParts
{
    /// <summary>What <see cref="AuditSourceKind.Auto"/> stands for here.</summary>
    /// <exception cref="StartupException">The setting asks for a log that this platform does not have.</exception>
    public static AuditSourceKind KindOf(AuditSourceKind setting)
    {
        var native = OperatingSystem.IsWindows() ? AuditSourceKind.WindowsEventLog : AuditSourceKind.Samba;
        if (setting != AuditSourceKind.Auto && setting != native)
        {
            throw new StartupException($"Exporter:Source is {setting}, which this platform does not have; set it to Auto or {native}.");
        }

        return native;
    }

    [SuppressMessage(
        "Usage", "VSTHRD002", Justification = "The log is read on a thread of its own, which has nothing else to do while testparm answers.")]
    public static IAuditSource CreateSource(AuditSourceKind kind, IServiceProvider services)
    {
        var options = services.GetRequiredService<AuditingOptions>();
        var timeProvider = services.GetRequiredService<TimeProvider>();
        if (OperatingSystem.IsWindows() && kind == AuditSourceKind.WindowsEventLog)
        {
            return WindowsAuditing.CreateSource(options, timeProvider, services.GetRequiredService<ILoggerFactory>());
        }

        var samba = CreateSamba(services);
        return new SambaAuditSource(
            () => samba.GetAuditLogAsync(CancellationToken.None).GetAwaiter().GetResult(),
            options.PollInterval,
            timeProvider,
            services.GetRequiredService<OwnConnections>(),
            services.GetRequiredService<ILogger<SambaAuditSource>>());
    }

    public static IAuditingSwitch CreateSwitch(AuditSourceKind kind, IServiceProvider services) =>
        OperatingSystem.IsWindows() && kind == AuditSourceKind.WindowsEventLog
            ? new WindowsServerInspector(
                WindowsAuditing.CreateSwitch(services.GetRequiredService<IProcessRunner>()),
                Environment.MachineName,
                () => services.GetService<KnownSessionKeys>()?.Invoke() ?? [],
                services.GetRequiredService<TimeProvider>())
            : CreateSamba(services);

    /// <summary>Who asks the servers of this machine.</summary>
    /// <param name="kind">The audit log.</param>
    /// <param name="services">What they need.</param>
    /// <param name="mayUseSmb1">Whether it may log on by SMB1, of which whoever counts has to know.</param>
    public static IServerProver CreateProver(AuditSourceKind kind, IServiceProvider services, bool mayUseSmb1 = true)
    {
        var options = services.GetRequiredService<AuditingOptions>();
        if (kind == AuditSourceKind.WindowsEventLog)
        {
            return services.GetRequiredService<IAuditingSwitch>() is WindowsServerInspector inspector
                ? CreateWindows(inspector, options.OwnConnections == OwnConnectionSetting.On && mayUseSmb1, services)
                : new NoProver(ServerProof.Belief);
        }

        return options.OwnConnections == OwnConnectionSetting.Off
            ? new NoProver(ServerProof.Of("Exporter:OwnConnections is Off, so that nothing can be proved"))
            : new SambaProver(
                options.Samba,
                services.GetRequiredService<OwnConnections>(),
                services.GetRequiredService<IProcessRunner>(),
                services.GetRequiredService<TimeProvider>(),
                mayUseSmb1);
    }

    private static WindowsProver CreateWindows(WindowsServerInspector inspector, bool connects, IServiceProvider services)
    {
        var timeProvider = services.GetRequiredService<TimeProvider>();
        var question = new NegotiateQuestion(new SmbProbe(timeProvider), services.GetRequiredService<OwnConnections>(), WindowsTargets.NewTarget, timeProvider);
        return new WindowsProver(inspector, connects ? question : null, timeProvider);
    }

    private static SambaAuditing CreateSamba(IServiceProvider services) => new(
        services.GetRequiredService<AuditingOptions>().Samba,
        services.GetRequiredService<IProcessRunner>(),
        services.GetRequiredService<TimeProvider>());
}
