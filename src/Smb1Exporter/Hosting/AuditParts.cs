using Smb1Exporter.Auditing;

namespace Smb1Exporter.Hosting;

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

    public static IAuditSource CreateSource(AuditSourceKind kind, IServiceProvider services) => throw new NotImplementedException();

    public static IAuditingSwitch CreateSwitch(AuditSourceKind kind, IServiceProvider services) => throw new NotImplementedException();
}
