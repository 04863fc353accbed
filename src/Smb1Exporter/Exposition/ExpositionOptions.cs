namespace Smb1Exporter.Exposition;

/// <summary>Settings of what every series is labelled with; section <c>Exporter</c>.</summary>
internal sealed class ExpositionOptions
{
    /// <summary>
    /// The organisation that owns the server; label <c>customer</c>. Default: the attribute <c>customer</c> of OTEL_RESOURCE_ATTRIBUTES,
    /// or empty.
    /// </summary>
    public string? Customer { get; set; }

    /// <summary>
    /// The server's name; label <c>host_name</c>. Default: the attribute <c>host.name</c> of OTEL_RESOURCE_ATTRIBUTES, or the machine's name.
    /// </summary>
    public string? HostName { get; set; }
}
