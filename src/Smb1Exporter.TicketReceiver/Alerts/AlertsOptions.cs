namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Settings of what Alertmanager sends.</summary>
internal sealed record AlertsOptions
{
    /// <summary>The largest notification that is read, in bytes. Default: 4 MiB, room for about 5000 clients.</summary>
    public required long MaxRequestBytes { get; init; }

    /// <param name="reader">The section <c>Receiver</c>.</param>
    public static AlertsOptions Read(SectionReader reader) => new()
    {
        MaxRequestBytes = reader.Number(nameof(MaxRequestBytes), 4L * 1024 * 1024, 1024, 1024 * 1024 * 1024, "a whole number of bytes"),
    };
}
