using OpenTelemetry.Resources;
using Smb1Exporter.Exposition;

namespace Smb1Exporter.Hosting;

/// <summary>The OpenTelemetry resource that names this host; <c>host.name</c> and <c>customer</c> become labels of every series.</summary>
internal sealed class HostResource
{
    public HostResource(ExpositionOptions options)
    {
        Resource = Build(options);
        var attributes = Resource.Attributes.ToDictionary(pair => pair.Key, pair => pair.Value);
        HostName = attributes[Smb1Metrics.HostNameAttribute].ToString()!;
        Customer = attributes[Smb1Metrics.CustomerAttribute].ToString()!;
    }

    /// <summary>All attributes.</summary>
    public Resource Resource { get; }

    /// <summary>The server's name.</summary>
    public string HostName { get; }

    /// <summary>The organisation that owns the server; empty when none was given.</summary>
    public string Customer { get; }

    // What is set in our section wins over OTEL_RESOURCE_ATTRIBUTES, which wins over the machine's name.
    private static Resource Build(ExpositionOptions options)
    {
        var builder = ResourceBuilder.CreateEmpty()
            .AddAttributes([new(Smb1Metrics.HostNameAttribute, Environment.MachineName), new(Smb1Metrics.CustomerAttribute, "")])
            .AddService("smb1-exporter", serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector();
        Override(builder, Smb1Metrics.HostNameAttribute, options.HostName);
        Override(builder, Smb1Metrics.CustomerAttribute, options.Customer);
        return builder.Build();
    }

    private static void Override(ResourceBuilder builder, string attribute, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            builder.AddAttributes([new(attribute, value)]);
        }
    }
}
