using System.Diagnostics.Metrics;
using Smb1Exporter.TicketReceiver.Storage;

namespace Smb1Exporter.TicketReceiver.Outbox;

/// <summary>How deliveries end.</summary>
internal sealed class DeliveryMetrics
{
    private readonly Counter<long> _deliveries;

    public DeliveryMetrics(Meter meter)
    {
        _deliveries = meter.CreateCounter<long>(
            "smb1.ticket.deliveries", "{delivery}", "Attempts at delivery to the ticketing system, by result.");

        // A closed set of label values is there from the start, so that the first event is an increase.
        foreach (var kind in Enum.GetValues<DeliveryResultKind>())
        {
            _deliveries.Add(0, Result(kind));
        }
    }

    public void Delivered(DeliveryResultKind kind) => _deliveries.Add(1, Result(kind));

    private static KeyValuePair<string, object?> Result(DeliveryResultKind kind) => new("result", kind switch
    {
        DeliveryResultKind.Opened => "opened",
        DeliveryResultKind.Noted => "noted",
        DeliveryResultKind.Unchanged => "unchanged",
        DeliveryResultKind.Failed => "failed",
        DeliveryResultKind.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    });
}
