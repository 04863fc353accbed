using System.Reflection;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>Which build of the exporter a test drives.</summary>
public enum ExporterBuild
{
    /// <summary>As the build left it, compiled while it runs.</summary>
    Jit,

    /// <summary>Native ahead-of-time, as it is shipped.</summary>
    Native,
}

/// <summary>Where the programs under test and the product's files are.</summary>
internal static class Programs
{
    /// <summary>Environment variable that holds the path of the native exporter; tests/run.sh sets it.</summary>
    private const string NativeVariable = "SMB1_EXPORTER_NATIVE";

    public static string Receiver => Built("Smb1Exporter.TicketReceiver", "smb1-ticket-receiver");

    /// <summary>The native build where there is one: it is what users run.</summary>
    public static ExporterBuild PreferredBuild => Native is null ? ExporterBuild.Jit : ExporterBuild.Native;

    private static string? Native => Environment.GetEnvironmentVariable(NativeVariable) is { Length: > 0 } path ? path : null;

    public static string Exporter(ExporterBuild build)
    {
        if (build == ExporterBuild.Jit)
        {
            return Built("Smb1Exporter", "smb1-exporter");
        }

        Assert.SkipWhen(Native is null, $"{NativeVariable} names no native build of the exporter; tests/run.sh makes one");
        return Native!;
    }

    private static string Built(string project, string program) =>
        Repository.PathOf("src", project, "bin", Metadata("Configuration"), "net10.0", program);

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == key).Value!;
}
