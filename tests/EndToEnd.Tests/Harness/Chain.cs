using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>The whole chain, every part real: Samba, exporter, Prometheus, Alertmanager, ticket receiver.</summary>
internal sealed class Chain : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Stack<IAsyncDisposable> _started = new();

    private Chain()
    {
    }

    public SambaServer Samba { get; private set; } = null!;

    public ExporterProcess Exporter { get; private set; } = null!;

    public ReceiverProcess Receiver { get; private set; } = null!;

    public AlertmanagerServer Alertmanager { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>Starts all, and returns when auditing is on and Prometheus has the exporter's figures.</summary>
    public static async Task<Chain> StartAsync(ExporterBuild build)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        var chain = new Chain();
        try
        {
            await chain.StartPartsAsync(build);
            return chain;
        }
        catch
        {
            await chain.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="SmbClient.ConnectAsync" />
    public Task ConnectAsync(string protocol, string sourceAddress = "127.0.0.1") => SmbClient.ConnectAsync(Samba, protocol, sourceAddress);

    /// <summary>
    /// Lets the hour pass after which Alertmanager sends a group again that has no new alert, once it knows of <paramref name="attempts"/> of the
    /// client 127.0.0.1. Returns when <paramref name="condition"/> holds for the tickets and Alertmanager is silent again.
    /// </summary>
    public async Task<IReadOnlyList<Ticket>> WhenRepeatedAsync(int attempts, Func<IReadOnlyList<Ticket>, bool> condition, string what)
    {
        await Eventually.GetAsync(
            Alertmanager.AlertsAsync,
            alerts => alerts.Any(alert => alert.Annotations.GetValueOrDefault("attempts") == $"{attempts}"),
            $"Alertmanager knows of {attempts} attempts");
        await Alertmanager.ReloadAsync(ProductFiles.Alertmanager(Receiver, "1s"));
        await WhenTicketsAsync(condition, what);
        await Alertmanager.ReloadAsync(ProductFiles.Alertmanager(Receiver, ProductFiles.RepeatInterval));
        await Receiver.WhenDeliveredAsync();
        return await Receiver.TicketsAsync();
    }

    public Task<IReadOnlyList<Ticket>> WhenTicketsAsync(Func<IReadOnlyList<Ticket>, bool> condition, string what) =>
        Eventually.GetAsync(Receiver.TicketsAsync, condition, what, TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task StartPartsAsync(ExporterBuild build)
    {
        Samba = Started(await SambaServer.StartAsync(Subfolder("samba")));
        Exporter = Started(await ExporterProcess.StartAsync(build, ExporterArguments.ForSamba(_folder.Path, Samba)));
        Receiver = Started(await ReceiverProcess.StartAsync(_folder.Path));
        Alertmanager = Started(await AlertmanagerServer.StartAsync(
            Subfolder("alertmanager"), ProductFiles.Alertmanager(Receiver, ProductFiles.RepeatInterval)));
        Prometheus = Started(await PrometheusServer.StartAsync(
            Subfolder("prometheus"), ProductFiles.Prometheus(Alertmanager.Address, Receiver.Address, [Exporter.Address])));
        await Eventually.GetAsync(
            () => Prometheus.QueryAsync("smb1_auditing_enabled == 1"), found => found.Count == 1, "Prometheus sees that auditing is on");
    }

    private string Subfolder(string name) => Directory.CreateDirectory(_folder[name]).FullName;

    private T Started<T>(T part)
        where T : IAsyncDisposable
    {
        _started.Push(part);
        return part;
    }
}
