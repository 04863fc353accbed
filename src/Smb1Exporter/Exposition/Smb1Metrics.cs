using System.Diagnostics.Metrics;
using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>
/// Every instrument, with unit, help and labels. Names follow OpenTelemetry; the Prometheus exporter makes <c>smb1_…</c> of them and adds
/// unit and <c>_total</c>.
/// </summary>
internal sealed class Smb1Metrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Smb1Exporter";

    /// <summary>The attribute of the resource that becomes the label <c>host_name</c> of every series.</summary>
    public const string HostNameAttribute = "host.name";

    /// <summary>The attribute of the resource that becomes the label <c>customer</c> of every series.</summary>
    public const string CustomerAttribute = "customer";

    /// <summary>The label that tells clients apart.</summary>
    public const string ClientAddressLabel = "client_address";

    /// <summary>The label that names a client, of one series only: a name that changes must not make another counter.</summary>
    public const string ClientNameLabel = "client_name";

    /// <summary>The label that tells failed reads apart.</summary>
    public const string ReasonLabel = "reason";

    private readonly Meter _meter = new(MeterName);

    /// <param name="current">Gives the picture that the running scrape is answered from.</param>
    public Smb1Metrics(Func<Exposition> current)
    {
        ArgumentNullException.ThrowIfNull(current);
        CreateClientInstruments(current);
        CreateCounters(current);
        CreateGauges(current);
    }

    /// <summary>Whether an instrument has one series per client.</summary>
    public static bool IsPerClient(Instrument instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        return instrument.Name is "smb1.connection.attempts"
            or "smb1.client.first_seen.timestamp"
            or "smb1.client.last_seen.timestamp"
            or "smb1.client.info";
    }

    public void Dispose() => _meter.Dispose();

    private void CreateClientInstruments(Func<Exposition> current)
    {
        IEnumerable<Measurement<long>> PerClient(Func<ClientTotals, long> value) => current().Totals.Clients.Select(
            client => new Measurement<long>(value(client), new KeyValuePair<string, object?>(ClientAddressLabel, client.Address)));

        _meter.CreateObservableCounter(
            "smb1.connection.attempts",
            () => PerClient(client => client.Attempts.Shown),
            "{attempt}",
            "SMB1 connection attempts counted from the audit log, by client.");
        _meter.CreateObservableGauge(
            "smb1.client.first_seen.timestamp",
            () => PerClient(client => client.FirstSeen.ToUnixTimeSeconds()),
            "s",
            "Time of the client's earliest counted SMB1 connection attempt, from the audit record.");
        _meter.CreateObservableGauge(
            "smb1.client.last_seen.timestamp",
            () => PerClient(client => client.LastSeen.ToUnixTimeSeconds()),
            "s",
            "Time of the client's latest counted SMB1 connection attempt, from the audit record.");
        _meter.CreateObservableGauge(
            "smb1.client.info",
            () => current().Totals.Clients.Where(client => client.Name is not null).Select(client => new Measurement<int>(
                1, new KeyValuePair<string, object?>(ClientAddressLabel, client.Address), new KeyValuePair<string, object?>(ClientNameLabel, client.Name))),
            null,
            "Name of a client, where it is known: 1.");
    }

    private void CreateCounters(Func<Exposition> current)
    {
        _meter.CreateObservableCounter(
            "smb1.excluded.attempts",
            () => current().Totals.Excluded.Shown,
            "{attempt}",
            "SMB1 connection attempts by clients on the exclusion list.");
        _meter.CreateObservableCounter(
            "smb1.rejected.connections",
            () => current().Totals.Rejected.Shown,
            "{connection}",
            "SMB1 connections refused because SMB1 is off (Windows event 1001); never part of the attempts.");
        _meter.CreateObservableCounter(
            "smb1.audit.gaps",
            () => current().Totals.Gaps.Shown,
            "{gap}",
            "Times audit records are known to be lost unread.");
        _meter.CreateObservableCounter(
            "smb1.audit.read.errors",
            () => current().Totals.ReadErrors.Select(pair => new Measurement<long>(
                pair.Value.Shown, new KeyValuePair<string, object?>(ReasonLabel, ReadErrorLabel.Of(pair.Key)))),
            "{error}",
            "Audit records or reads that failed, by reason.");
    }

    private void CreateGauges(Func<Exposition> current)
    {
        // A state that could not be told has no sample: neither 0 nor 1 would be true.
        IEnumerable<Measurement<int>> State(Func<Exposition, bool?> state) =>
            state(current()) is { } value ? [new Measurement<int>(value ? 1 : 0)] : [];

        _meter.CreateObservableGauge(
            "smb1.server.enabled", () => State(now => now.ServerEnabled), null, "Whether this host serves SMB1 (1) or not (0).");
        _meter.CreateObservableGauge(
            "smb1.auditing.enabled", () => State(now => now.AuditingEnabled), null, "Whether SMB1 connections are audited (1) or not (0).");
        _meter.CreateObservableGauge(
            "smb1.audit.source.up", () => State(now => now.SourceUp), null, "Whether the last read of the audit log worked (1) or not (0).");
        _meter.CreateObservableGauge(
            "smb1.audit.covered_since.timestamp",
            () => (current().Totals.CoveredSince ?? current().Time).ToUnixTimeSeconds(),
            "s",
            "Start of the unbroken stretch up to now in which auditing was on and every record was read; now, while it is not.");
        _meter.CreateObservableGauge(
            "smb1.last_attempt.timestamp",
            () => current().Totals.LastAttempt?.ToUnixTimeSeconds() ?? 0,
            "s",
            "Time of the last SMB1 connection attempt by any client that is not excluded, forgotten ones included; 0: there was none.");
        _meter.CreateObservableGauge(
            "smb1.ready_after",
            () => (long)current().ReadyAfter.TotalSeconds,
            "s",
            "How long a server must be covered without a gap and without an attempt to be ready to have SMB1 disabled.");
        _meter.CreateObservableGauge(
            "smb1.tracked.clients", () => current().Totals.TrackedClients, null, "Clients with series of their own.");
        _meter.CreateObservableGauge(
            "smb1.tracked.clients.limit", () => current().MaxClients, null, "Most clients that get series of their own; further ones share \"other\".");
    }
}
