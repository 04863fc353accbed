namespace Smb1Exporter.Hosting;

/// <summary>The names under which the exporter is known to Windows; the install scripts use the same.</summary>
internal static class WindowsService
{
    /// <summary>The service.</summary>
    public const string Name = "smb1-exporter";

    /// <summary>The source of its entries in the event log Application.</summary>
    public const string EventSource = "smb1-exporter";
}
