using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Outbox;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Every series of the receiver. Names are in OpenTelemetry's notation; Prometheus sees <c>smb1_ticket_…</c>.</summary>
internal sealed class ReceiverMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _received;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _ignored;
    private readonly Counter<long> _deliveries;
    private readonly IDbContextFactory<ReceiverDatabase> _databases;

    public ReceiverMetrics(string meterName, IMeterFactory meters, IDbContextFactory<ReceiverDatabase> databases, TicketingCheck check)
    {
        _databases = databases;
        _meter = meters.Create(meterName);
        _received = _meter.CreateCounter<long>(
            "smb1.ticket.notifications.received", "{notification}", "Notifications taken from Alertmanager.");
        _refused = _meter.CreateCounter<long>(
            "smb1.ticket.notifications.refused", "{notification}", "Notifications not taken, by reason.");
        _duplicates = _meter.CreateCounter<long>(
            "smb1.ticket.notifications.duplicate", "{notification}", "Servers' notifications that had been stored before already.");
        _ignored = _meter.CreateCounter<long>(
            "smb1.ticket.alerts.ignored", "{alert}", "Alerts of taken notifications that make no ticket, by reason.");
        _deliveries = _meter.CreateCounter<long>(
            "smb1.ticket.deliveries", "{delivery}", "Attempts at delivery to the ticketing system, by result.");
        CreateGauges();
        _meter.CreateObservableGauge(
            "smb1.ticket.system.usable",
            () => check.IsUsable ? 1 : 0,
            description: "1 when the ticketing system was found to have all that deliveries need; 0 while it was not, or not yet.");
        ShowZeros();
    }

    public void Received(AcceptedNotifications accepted, GroupedPayload payload)
    {
        _received.Add(1);
        _duplicates.Add(accepted.Duplicates);
        _ignored.Add(payload.Resolved, Reason("resolved"));
        _ignored.Add(payload.OtherAlerts, Reason("other_alert"));
    }

    public void Refused(RefusalReason reason) => _refused.Add(1, Reason(LabelOf(reason)));

    public void Delivered(DeliveryResultKind kind) => _deliveries.Add(1, Result(kind));

    /// <summary>The label value of a reason: <c>TooLarge</c> is <c>too_large</c>.</summary>
    public static string LabelOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Unauthorized => "unauthorized",
        RefusalReason.Forbidden => "forbidden",
        RefusalReason.TooLarge => "too_large",
        RefusalReason.NotJson => "not_json",
        RefusalReason.WrongShape => "wrong_shape",
        RefusalReason.WrongVersion => "wrong_version",
        RefusalReason.Interrupted => "interrupted",
        RefusalReason.NotStored => "not_stored",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };

    public void Dispose() => _meter.Dispose();

    private void CreateGauges()
    {
        Gauge("smb1.tickets.open", "{ticket}", "Open tickets of the built-in ticketing system.",
            database => database.Tickets.Count(ticket => ticket.ClosedAt == null));
        Gauge("smb1.ticket.outbox.pending", "{notification}", "Notifications not yet delivered to the ticketing system.",
            database => database.Notifications.Count(row => row.State == DeliveryState.Pending));
        Gauge("smb1.ticket.outbox.oldest.timestamp", "s", "When the oldest notification not yet delivered was received; 0 when there is none.",
            database => database.Notifications.Where(row => row.State == DeliveryState.Pending)
                .OrderBy(row => row.ReceivedAt)
                .Select(row => (DateTimeOffset?)row.ReceivedAt)
                .FirstOrDefault()
                ?.ToUnixTimeSeconds() ?? 0);
        Gauge("smb1.ticket.deliveries.set_aside", "{notification}", "Notifications that the ticketing system refused and that wait for a person.",
            database => database.Notifications.Count(row => row.State == DeliveryState.SetAside));
    }

    private void Gauge(string name, string unit, string description, Func<ReceiverDatabase, long> read) =>
        _meter.CreateObservableGauge(
            name,
            () =>
            {
                using var database = _databases.CreateDbContext();
                return read(database);
            },
            unit,
            description);

    // A closed set of label values is there from the start, so that the first event is an increase.
    private void ShowZeros()
    {
        _received.Add(0);
        _duplicates.Add(0);
        _ignored.Add(0, Reason("resolved"));
        _ignored.Add(0, Reason("other_alert"));
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            _refused.Add(0, Reason(LabelOf(reason)));
        }

        foreach (var kind in Enum.GetValues<DeliveryResultKind>())
        {
            _deliveries.Add(0, Result(kind));
        }
    }

    private static KeyValuePair<string, object?> Reason(string value) => new("reason", value);

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
