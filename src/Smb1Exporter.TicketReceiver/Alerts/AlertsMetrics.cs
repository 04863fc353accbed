using System.Diagnostics.Metrics;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>What was taken from Alertmanager and what was not.</summary>
internal sealed class AlertsMetrics
{
    private readonly Counter<long> _received;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _ignored;

    public AlertsMetrics(Meter meter)
    {
        _received = meter.CreateCounter<long>(
            "smb1.ticket.notifications.received", "{notification}", "Notifications taken from Alertmanager.");
        _refused = meter.CreateCounter<long>(
            "smb1.ticket.notifications.refused", "{notification}", "Notifications not taken, by reason.");
        _duplicates = meter.CreateCounter<long>(
            "smb1.ticket.notifications.duplicate", "{notification}", "Servers' notifications that had been stored before already.");
        _ignored = meter.CreateCounter<long>(
            "smb1.ticket.alerts.ignored", "{alert}", "Alerts of taken notifications that make no ticket, by reason.");
        ShowZeros();
    }

    public void Received(int duplicates, int resolved, int otherAlerts)
    {
        _received.Add(1);
        _duplicates.Add(duplicates);
        _ignored.Add(resolved, Reason("resolved"));
        _ignored.Add(otherAlerts, Reason("other_alert"));
    }

    public void Refused(RefusalReason reason) => _refused.Add(1, Reason(LabelOf(reason)));

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
    }

    private static KeyValuePair<string, object?> Reason(string value) => new("reason", value);
}
