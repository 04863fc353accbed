using OpenTelemetry.Resources;

namespace Smb1Exporter.Exposition;

/// <summary>The OpenTelemetry resource that names this host; <c>host.name</c> and <c>customer</c> become labels of every series.</summary>
public sealed class HostResource
{
    public const string HostNameAttribute = "host.name";
    public const string CustomerAttribute = "customer";

    private readonly ExpositionOptions _options;

    public HostResource(ExpositionOptions options)
    {
        _options = options;
        var attributes = Configure(ResourceBuilder.CreateEmpty()).Build().Attributes.ToDictionary(pair => pair.Key, pair => pair.Value);
        HostName = attributes[HostNameAttribute].ToString()!;
        Customer = attributes[CustomerAttribute].ToString()!;
    }

    /// <summary>The server's name.</summary>
    public string HostName { get; }

    /// <summary>The organisation that owns the server; empty when none was given.</summary>
    public string Customer { get; }

    /// <summary>Adds the attributes: what is set in our section wins over OTEL_RESOURCE_ATTRIBUTES, which wins over the machine's name.</summary>
    public ResourceBuilder Configure(ResourceBuilder builder)
    {
        builder
            .AddAttributes([new(HostNameAttribute, Environment.MachineName), new(CustomerAttribute, "")])
            .AddService("smb1-exporter", serviceVersion: ProgramVersion.Text, autoGenerateServiceInstanceId: false)
            .AddEnvironmentVariableDetector();
        Override(builder, HostNameAttribute, _options.HostName);
        Override(builder, CustomerAttribute, _options.Customer);
        return builder;
    }

    private static void Override(ResourceBuilder builder, string attribute, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            builder.AddAttributes([new(attribute, value)]);
        }
    }
}
