using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing;
using Smb1Exporter.Configuration;
using Smb1Exporter.Counting;
using Smb1Exporter.Hosting;
using Smb1Exporter.Naming;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Support;

/// <summary>The whole exporter on a free port, with a fake audit log and a clock of the test's own.</summary>
internal sealed class ExporterHarness : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private HttpClient _client = new();
    private WebApplication? _app;

    public ExporterHarness() => Sleepers = new WatchedClock(Clock);

    public FakeAuditSource Source { get; } = new();

    public FakeAuditingSwitch Switch { get; } = new();

    /// <summary>Who asks the servers; nobody, so that what <see cref="Switch"/> says holds.</summary>
    public IServerProver Prover { get; set; } = new NoProver(ServerProof.Belief);

    public FakeNameLookup Names { get; } = new();

    public FakeMachine Machine { get; } = new();

    public MachineName MachineName { get; set; } = new("FS01", "FS01");

    public FakeLogCollector Logs { get; } = new();

    public DateTimeOffset Begin { get; } = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));

    /// <summary>The same clock, and who waits on it.</summary>
    public WatchedClock Sleepers { get; }

    /// <summary>Further variables of the environment.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    /// <summary>Settings of each start.</summary>
    public List<string> Arguments { get; } = [];

    /// <summary>
    /// Whether it looks by itself whether the server is watched, and at its state file. Else <see cref="Watch"/> alone has it look: of a day in minutes, all
    /// that else comes with each of them would take longer than the test.
    /// </summary>
    public bool LooksByItself { get; init; } = true;

    /// <summary>The state file; there once the exporter was started.</summary>
    public string StateFile => _folder["state.db"];

    /// <summary>Where it listens.</summary>
    public Uri Address => _client.BaseAddress!;

    public bool IsRunning => _app is not null;

    public AttemptStore Store => _app!.Services.GetRequiredService<AttemptStore>();

    public CoverageWorker Coverage => _app!.Services.GetRequiredService<CoverageWorker>();

    /// <summary>Completes when the exporter stops by itself.</summary>
    public Task Stopped => _app!.WaitForShutdownAsync();

    public async Task StartAsync(params string[] arguments)
    {
        string[] all =
        [
            "--urls=http://127.0.0.1:0", $"--Exporter:StateFile={StateFile}", "--Exporter:Customer=Contoso",
            "--Exporter:HostName=FS01", .. Arguments, .. arguments,
        ];
        _app = ExporterHost.Build(null, [.. Variables, .. SettingArguments.Split(all, Settings.Section).Settings], services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IAuditSource>(Source));
            services.Replace(ServiceDescriptor.Singleton<IAuditingSwitch>(Switch));
            services.Replace(ServiceDescriptor.Singleton(Prover));
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Sleepers));
            services.Replace(ServiceDescriptor.Singleton<INameLookup>(Names));
            services.Replace(ServiceDescriptor.Singleton<IMachineIdentity>(Machine));
            services.Replace(ServiceDescriptor.Singleton(MachineName));
            services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(Logs));
            if (!LooksByItself)
            {
                services.Remove(services.Single(service => service.ImplementationFactory is Func<IServiceProvider, CoverageWorker>));
            }
        });
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _client.Dispose();
        _client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.Single()) };
    }

    public AuditRecord Attempt(string client, long count = 1) =>
        new(AuditRecordKind.Attempt, Clock.GetUtcNow(), client, null, count, "test");

    /// <summary>Lets time pass, in which it looks at the server as it does.</summary>
    public void Watch(TimeSpan time)
    {
        // A read that goes on for minutes of this clock would be taken for one that hangs. One that fails is not waited for.
        SpinWait.SpinUntil(() => Source.IsIdle, TimeSpan.FromMilliseconds(500));
        Coverage.LookWhetherWatched();
        for (var left = time; left > TimeSpan.Zero; left -= WatchedStretch.LongestLook)
        {
            Clock.Advance(left < WatchedStretch.LongestLook ? left : WatchedStretch.LongestLook);
            Coverage.LookWhetherWatched();
        }
    }

    /// <summary>Waits for a log line that holds all of <paramref name="parts"/>: what is shown may be logged just after.</summary>
    public Task WhenLoggedAsync(params string[] parts) => WhenLoggedAsync(
        record => Array.TrueForAll(parts, part => record.Message.Contains(part, StringComparison.Ordinal)), $"a log line with {string.Join(" and ", parts)}");

    /// <summary>The same, for a log line as <paramref name="condition"/> wants it.</summary>
    public async Task WhenLoggedAsync(Func<FakeLogRecord, bool> condition, string what) =>
        await Eventually.GetAsync(() => Task.FromResult(Logs.GetSnapshot()), records => records.Any(condition), what);

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));

    public Task<string> GetTextAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The value of a series in a scrape; null when it is not there.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="client">The label client_address of the series; null for a metric without it.</param>
    public async Task<double?> ScrapeAsync(string name, string? client = null)
    {
        var samples = PrometheusText.Parse(await GetTextAsync("/metrics")).Of(name);
        return samples.SingleOrDefault(sample => client == null || sample.Labels["client_address"] == client)?.Value;
    }

    /// <summary>Scrapes until the series has the value.</summary>
    public async Task WaitForAsync(string name, double value, string? client = null) =>
        await Eventually.GetAsync(() => ScrapeAsync(name, client), seen => seen == value, $"{name} {client} being {value}");

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _folder.Dispose();
    }
}
