namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>Settings of how notifications are delivered.</summary>
internal sealed record DeliveryOptions
{
    /// <summary>How many deliveries are made at the same time. Default: 4.</summary>
    public required int MaxParallelDeliveries { get; init; }

    /// <summary>How long to wait before a delivery is tried again. Default: from 1 s to 5 min.</summary>
    public required RetryPace RetryPace { get; init; }

    /// <summary>What a firing does while the server's ticket is open. Default: <see cref="RepeatMode.Continuous"/>.</summary>
    public required RepeatMode Repeat { get; init; }

    /// <param name="reader">The section <c>Receiver</c>.</param>
    public static DeliveryOptions Read(SectionReader reader) => new()
    {
        MaxParallelDeliveries = reader.Number(nameof(MaxParallelDeliveries), 4, 1, 64),
        RetryPace = RetryPace.Read(reader),
        Repeat = reader.Choice(nameof(Repeat), RepeatMode.Continuous),
    };
}
