using System.Diagnostics.Metrics;
using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;
using Smb1Exporter.Verdicts;

namespace Smb1Exporter.Exposition;

/// <summary>
/// Every instrument, with unit, help and labels. Names follow OpenTelemetry; the Prometheus exporter makes <c>smb1_…</c> of them and adds
/// unit and <c>_total</c>.
/// </summary>
internal sealed class Smb1Metrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Smb1Exporter";

    /// <summary>The names of all its instruments begin with this, but for those of the process.</summary>
    public const string NamePrefix = "smb1.";

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

    private readonly IMeterFactory _factory;
    private readonly AttemptStore _store;
    private readonly HostState _hostState;
    private readonly CountingOptions _counting;
    private readonly VerdictOptions _verdict;
    private readonly TimeProvider _timeProvider;
    private readonly ShownClients _shown;
    private Meter _meter;
    private volatile Exposition _current;
    private KnownClients? _prepared;
    private KnownClients? _known;

    public Smb1Metrics(
        IMeterFactory factory, AttemptStore store, HostState hostState, CountingOptions counting, VerdictOptions verdict, TimeProvider timeProvider, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(store);
        (_factory, _store, _hostState, _counting, _verdict, _timeProvider) = (factory, store, hostState, counting, verdict, timeProvider);
        _shown = new ShownClients(MetricsSetup.LimitOf(services));
        _current = Take();
        _shown.Add(_current.Totals.Clients);
        _meter = CreateMeter();
        store.Publishing += FreePlaces;
    }

    /// <summary>Whether an attribute of the resource becomes a label of every series.</summary>
    public static bool IsLabelOfAll(string attribute) => attribute is HostNameAttribute or CustomerAttribute;

    public void Dispose()
    {
        _store.Publishing -= FreePlaces;
        _meter.Dispose();
    }

    /// <summary>
    /// Looks whether clients that came and went have used up the places that OpenTelemetry has for series, and frees them: it frees none by
    /// itself, but all of a meter that is disposed.
    /// </summary>
    private void FreePlaces(AttemptTotals totals, IEnumerable<ClientTotals> changed)
    {
        if (!_shown.Add(changed))
        {
            _shown.Clear();
            _shown.Add(totals.Clients);
            _meter.Dispose();
            _meter = CreateMeter();
        }
    }

    private Exposition Take() => Exposition.Of(_store.Current, _hostState, _timeProvider);

    /// <summary>Prepares the next scrape, which need not measure clients that are known.</summary>
    public void Prepare(KnownClients known) => _prepared = known;

    // Collections come one after the other. Those of scrapes run on threads of the pool; one that pushes has a thread of its own, and needs all.
    private Exposition Collect()
    {
        var picture = Take();
        _known = Thread.CurrentThread.IsThreadPoolThread ? Interlocked.Exchange(ref _prepared, null) : null;
        _known?.SetPicture(picture);
        return _current = picture;
    }

    private Meter CreateMeter()
    {
        var meter = new Meter(new MeterOptions(MeterName) { Scope = _factory });

        // All instruments of a collection show one picture: the first one takes it.
        CreateClientInstruments(meter, Collect, () => _current, now => _known is { AreCurrent: true } ? [] : now.Totals.Clients);
        CreateCounters(meter, () => _current);
        CreateGauges(meter, () => _current);
        ProcessMetrics.CreateInstruments(meter);
        return meter;
    }

    private static void CreateClientInstruments(Meter meter, Func<Exposition> first, Func<Exposition> current, Func<Exposition, IReadOnlyList<ClientTotals>> clients)
    {
        IEnumerable<Measurement<long>> PerClient(Exposition now, Func<ClientTotals, long> value) => clients(now).Select(
            client => new Measurement<long>(value(client), new KeyValuePair<string, object?>(ClientAddressLabel, client.Address)));

        IEnumerable<Measurement<long>> Attempts(Exposition now) => PerClient(now, client => client.Attempts.ShownAt(now.Timestamp));

        meter.CreateObservableCounter(
            "smb1.connection.attempts",
            () => Attempts(first()),
            "{attempt}",
            "SMB1 connection attempts counted from the audit log, by client.");
        meter.CreateObservableGauge(
            "smb1.client.first_seen.timestamp",
            () => PerClient(current(), client => client.FirstSeen.ToUnixTimeSeconds()),
            "s",
            "Time of the client's earliest counted SMB1 connection attempt, from the audit record.");
        meter.CreateObservableGauge(
            "smb1.client.last_seen.timestamp",
            () => PerClient(current(), client => client.LastSeen.ToUnixTimeSeconds()),
            "s",
            "Time of the client's latest counted SMB1 connection attempt, from the audit record.");
        meter.CreateObservableGauge(
            "smb1.client.info",
            () => clients(current()).Where(client => client.Name is not null).Select(client => new Measurement<int>(
                1, new KeyValuePair<string, object?>(ClientAddressLabel, client.Address), new KeyValuePair<string, object?>(ClientNameLabel, client.Name))),
            null,
            "Name of a client, where it is known: 1.");
    }

    private static void CreateCounters(Meter meter, Func<Exposition> current)
    {
        meter.CreateObservableCounter(
            "smb1.excluded.attempts",
            () => current().Totals.Excluded.ShownAt(current().Timestamp),
            "{attempt}",
            "SMB1 connection attempts by clients on the exclusion list.");
        meter.CreateObservableCounter(
            "smb1.rejected.connections",
            () => current().Totals.Rejected.ShownAt(current().Timestamp),
            "{connection}",
            "SMB1 connections refused because SMB1 is off (Windows event 1001); never part of the attempts.");
        meter.CreateObservableCounter(
            "smb1.audit.gaps",
            () => current().Totals.Gaps.ShownAt(current().Timestamp),
            "{gap}",
            "Times audit records are known to be lost unread.");
        meter.CreateObservableCounter(
            "smb1.audit.read.errors",
            () => current().Totals.ReadErrors.Select(pair => new Measurement<long>(
                pair.Value.ShownAt(current().Timestamp), new KeyValuePair<string, object?>(ReasonLabel, ReadErrorLabel.Of(pair.Key)))),
            "{error}",
            "Audit records or reads that failed, by reason.");
    }

    private void CreateGauges(Meter meter, Func<Exposition> current)
    {
        // A state that could not be told has no sample: neither 0 nor 1 would be true.
        IEnumerable<Measurement<int>> State(Func<Exposition, bool?> state) =>
            state(current()) is { } value ? [new Measurement<int>(value ? 1 : 0)] : [];

        meter.CreateObservableGauge(
            "smb1.server.enabled", () => State(now => now.ServerEnabled), null, "Whether this host serves SMB1 (1) or not (0).");
        meter.CreateObservableGauge(
            "smb1.auditing.enabled", () => State(now => now.AuditingEnabled), null, "Whether SMB1 connections are audited (1) or not (0).");
        meter.CreateObservableGauge(
            "smb1.audit.source.up", () => State(now => now.SourceUp), null, "Whether the last read of the audit log worked (1) or not (0).");
        meter.CreateObservableGauge(
            "smb1.audit.lag",
            () => current().Lag is { } lag ? [new Measurement<long>((long)lag.TotalSeconds)] : Array.Empty<Measurement<long>>(),
            "s",
            "For how long, at most, something has been waiting in the audit log to be counted; 0: all was counted.");
        meter.CreateObservableGauge(
            "smb1.state.file.up", () => State(now => now.StateFileUp), null, "Whether the state file could be written (1) when that was last tried, or not (0).");
        meter.CreateObservableGauge(
            "smb1.covered",
            () => (long)current().Totals.Watched.Covered.TotalSeconds,
            "s",
            "For how long this server was watched without a gap up to now: auditing was on, and every record was read.");
        meter.CreateObservableGauge(
            "smb1.quiet",
            () => (long)current().Totals.Watched.Quiet.TotalSeconds,
            "s",
            "The part of smb1_covered_seconds since the last SMB1 connection attempt, or the last record that may be of one.");
        meter.CreateObservableGauge(
            "smb1.audit.covered_since.timestamp",
            () => (current().Totals.CoveredSince ?? current().Time).ToUnixTimeSeconds(),
            "s",
            "Start of the unbroken stretch up to now in which auditing was on and every record was read; now, while it is not.");
        meter.CreateObservableGauge(
            "smb1.last_attempt.timestamp",
            () => current().Totals.LastAttempt?.ToUnixTimeSeconds() ?? 0,
            "s",
            "Time of the last SMB1 connection attempt by any client that is not excluded, forgotten ones included; 0: there was none.");
        meter.CreateObservableGauge(
            "smb1.ready_after",
            () => (long)_verdict.ReadyAfter.TotalSeconds,
            "s",
            "How long smb1_quiet_seconds must be for this server to be ready to have SMB1 disabled.");
        meter.CreateObservableGauge(
            "smb1.exporter.build.info",
            () => new Measurement<int>(
                1,
                new KeyValuePair<string, object?>("version", ProgramVersion.Version),
                new KeyValuePair<string, object?>("revision", ProgramVersion.Revision),
                new KeyValuePair<string, object?>("installation_id", current().Totals.InstallationId)),
            null,
            "Version, commit and installation of this exporter: 1.");
        meter.CreateObservableGauge(
            "smb1.tracked.clients", () => current().Totals.TrackedClients, null, "Clients with series of their own.");
        meter.CreateObservableGauge(
            "smb1.tracked.clients.limit", () => _counting.MaxClients, null, "Most clients that get series of their own; further ones share \"other\".");
    }
}
