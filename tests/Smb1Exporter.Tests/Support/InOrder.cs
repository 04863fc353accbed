namespace Smb1Exporter.Tests.Support;

/// <summary>Tests that run the whole exporter in this process, one after the other: OpenTelemetry finds meters by name, process-wide.</summary>
[CollectionDefinition(Name)]
public sealed class InOrder
{
    public const string Name = "Exporter";
}
