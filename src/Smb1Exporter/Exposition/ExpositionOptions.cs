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

    /// <summary>Which form of the machine's name it is, where <see cref="HostName"/> is empty. Default: Auto.</summary>
    public HostNameForm HostNameForm { get; set; }
}

/// <summary>How much of the machine's name is shown, where that has dots, or on Windows more than 15 characters.</summary>
internal enum HostNameForm
{
    /// <summary>What this installation showed before; the whole name where it is new.</summary>
    Auto,

    /// <summary>Up to the first dot, or the NetBIOS name.</summary>
    Short,

    /// <summary>The whole name.</summary>
    Full,
}
