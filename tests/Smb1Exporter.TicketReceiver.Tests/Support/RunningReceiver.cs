using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>The whole receiver in this process, on a free port, with a database of its own.</summary>
internal sealed class RunningReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningReceiver(WebApplication app, TemporaryFolder folder, FakeLogCollector log)
    {
        _app = app;
        Folder = folder;
        Log = log;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public TemporaryFolder Folder { get; }

    public FakeLogCollector Log { get; }

    public IServiceProvider Services => _app.Services;

    public HttpClient Client { get; }

    public string LogText => string.Join('\n', Log.GetSnapshot().Select(record => record.Message));

    public static Task<RunningReceiver> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    public static async Task<RunningReceiver> StartAsync(Action<IServiceCollection>? replace, params (string Key, string Value)[] settings)
    {
        var folder = new TemporaryFolder();
        List<KeyValuePair<string, string?>> all =
        [
            new("urls", "http://127.0.0.1:0"),
            new("Receiver:Database", folder["tickets.db"]),
            .. settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)),
        ];
        var log = new FakeLogCollector();
        var app = ReceiverApplication.Build(null, all, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(new FakeLoggerProvider(log));
            replace?.Invoke(builder.Services);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RunningReceiver(app, folder, log);
    }

    public async Task<List<TicketRow>> TicketsOnceAsync(Func<List<TicketRow>, bool> condition, string what) =>
        await Eventually.GetAsync(() => Client.TicketsAsync(), condition, what);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Folder.Dispose();
    }
}
