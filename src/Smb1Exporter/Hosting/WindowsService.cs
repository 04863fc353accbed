using System.Diagnostics;
using System.Runtime.Versioning;
using Microsoft.Extensions.Hosting.WindowsServices;
using Microsoft.Extensions.Logging.EventLog;

namespace Smb1Exporter.Hosting;

/// <summary>The exporter as a Windows service. The names are the ones that the install scripts use.</summary>
internal static class WindowsService
{
    /// <summary>The service.</summary>
    public const string Name = "smb1-exporter";

    /// <summary>The source of its entries in the event log Application.</summary>
    public const string EventSource = "smb1-exporter";

    /// <summary>The event id under which a failed start is found.</summary>
    public const int FailedStartEventId = 502;

    /// <summary>Where it was started by the service control manager, it is one: answers it, and logs to the event log too.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddWindowsService(options => options.ServiceName = Name);
        if (OperatingSystem.IsWindows())
        {
            NameEventSource(services);
        }
    }

    /// <summary>
    /// A service that stops by itself because of a fault must end with another code than 0, or its recovery does not start it again: its lifetime
    /// tells the service control manager 0 whatever the exit code of the process is (dotnet/runtime issue 77381).
    /// </summary>
    public static void TellExitCode(IServiceProvider services)
    {
        if (OperatingSystem.IsWindows() && services.GetService<IHostLifetime>() is WindowsServiceLifetime lifetime)
        {
            lifetime.ExitCode = Environment.ExitCode;
        }
    }

    /// <summary>Tells why it did not start where that is looked for: a service has no standard error.</summary>
    public static void TellFailedStart(string message)
    {
        if (OperatingSystem.IsWindows() && WindowsServiceHelpers.IsWindowsService())
        {
            Write(message);
        }
    }

    [SupportedOSPlatform("windows")]
    private static void NameEventSource(IServiceCollection services) =>
        services.Configure<EventLogSettings>(settings => settings.SourceName = EventSource);

    [SupportedOSPlatform("windows")]
    private static void Write(string message)
    {
        try
        {
            EventLog.WriteEntry(EventSource, message, EventLogEntryType.Error, FailedStartEventId);
        }
        catch (Exception)
        {
            // An account that may not write there: the service control manager still has the exit code.
        }
    }
}
