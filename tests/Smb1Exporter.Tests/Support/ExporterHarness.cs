using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Auditing;
using Smb1Exporter.Hosting;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Support;

/// <summary>The whole exporter on a free port, with a fake audit log and a clock of the test's own.</summary>
internal sealed class ExporterHarness : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private WebApplication? _app;

    public FakeAuditSource Source { get; } = new();

    public FakeAuditingSwitch Switch { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));

    public async Task StartAsync(params string[] arguments)
    {
        string[] all =
        [
            "--urls=http://127.0.0.1:0", $"--Exporter:StateFile={_folder["state.db"]}", "--Exporter:Customer=Contoso",
            "--Exporter:HostName=FS01", .. arguments,
        ];
        _app = ExporterHost.Build(null, all, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IAuditSource>(Source));
            services.Replace(ServiceDescriptor.Singleton<IAuditingSwitch>(Switch));
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(Logs));
        });
        await _app.StartAsync();
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _client.BaseAddress = new Uri(addresses.Addresses.Single());
    }

    public AuditRecord Attempt(string client, long count = 1) =>
        new(AuditRecordKind.Attempt, Clock.GetUtcNow(), client, null, count, "test");

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));

    public Task<string> GetTextAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>The value of a series in a scrape; null when it is not there.</summary>
    public async Task<string?> ScrapeAsync(string series) =>
        (await GetTextAsync("/metrics")).Split('\n').SingleOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal))?.Split(' ')[1];

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
