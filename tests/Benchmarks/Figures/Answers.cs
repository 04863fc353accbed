using Smb1Exporter.Benchmarks.Peers;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>How long a scrape takes that finds something changed, and one that finds nothing changed, beside programs with the same values.</summary>
internal static class Answers
{
    private const int RoundsPerRun = 20;

    public static async Task<IEnumerable<Figure>> MeasureAsync(Programs programs, string folder, int runs)
    {
        var figures = new List<Figure>();
        foreach (var clients in new[] { 1000, 10_000 })
        {
            var own = Directory.CreateDirectory(Path.Join(folder, FigureTable.Text($"{clients}"))).FullName;
            figures.AddRange(await MeasureAsync(programs, own, clients, runs * RoundsPerRun));
        }

        return figures;
    }

    private static async Task<Figure[]> MeasureAsync(Programs programs, string folder, int clients, int rounds)
    {
        var rig = new ExporterRig(programs.Exporter, folder, clients);
        await rig.SeedAsync();
        using var exporter = await Running.StartAsync(rig.Start);
        var scrape = Path.Join(folder, "scrape.txt");
        exporter.Scraper.Scrape();
        File.WriteAllText(scrape, exporter.Scraper.Body);
        using var openTelemetry = await LaunchAsync(programs, Peer.OpenTelemetry, scrape);
        using var prometheusNet = await LaunchAsync(programs, Peer.PrometheusNet, scrape);
        using var prerendered = await LaunchAsync(programs, Peer.Prerendered, scrape);
        var (changed, unchanged) = (new List<double>(), new List<double>());
        var peers = new[] { openTelemetry, prometheusNet, prerendered };
        for (var round = 0; round < rounds + 5; round++)
        {
            await rig.ChangeAsync();
            changed.Add(exporter.Scraper.Scrape());
            Array.ForEach(peers, peer => peer.Scrape());
            unchanged.Add(exporter.Scraper.Scrape());
        }

        // The first rounds only warm up.
        var (some, none) = (changed.Skip(5).Median() * 1000, unchanged.Skip(5).Median() * 1000);
        var (bare, net, bytes) = (openTelemetry.Median * 1000, prometheusNet.Median * 1000, prerendered.Median * 1000);
        return
        [
            new Figure(
                FigureTable.Text($"/metrics, something changed, {clients:N0} clients"),
                FigureTable.Text($"{some:0.00} ms"),
                FigureTable.Text($"OpenTelemetry {bare:0.00} ms, prometheus-net {net:0.00} ms"),
                FigureTable.Text($"{some / bare:0.00} x OpenTelemetry, {some / net:0.00} x prometheus-net"),
                "1.15 x OpenTelemetry",
                "1 x prometheus-net"),
            new Figure(
                FigureTable.Text($"/metrics, nothing changed, {clients:N0} clients"),
                FigureTable.Text($"{none:0.00} ms"),
                FigureTable.Text($"the same bytes pre-rendered {bytes:0.00} ms"),
                FigureTable.Text($"{none / bytes:0.00} x"),
                "2 x",
                ""),
        ];
    }

    private static Task<Running> LaunchAsync(Programs programs, string kind, string scrape) =>
        Running.StartAsync(port => new MeasuredProcess(programs.Peers, "peer", kind, FigureTable.Text($"http://127.0.0.1:{port}"), scrape));

    /// <summary>A server with an open connection to it.</summary>
    private sealed class Running : IDisposable
    {
        private readonly MeasuredProcess _process;
        private readonly List<double> _times = [];

        private Running(MeasuredProcess process, Scraper scraper) => (_process, Scraper) = (process, scraper);

        public Scraper Scraper { get; }

        /// <summary>Of its scrapes, in seconds.</summary>
        public double Median => _times.Skip(5).Median();

        public static async Task<Running> StartAsync(Func<int, MeasuredProcess> launch)
        {
            var port = Scraper.FreePort();
            var process = launch(port);
            return new Running(process, await Scraper.ConnectAsync(process, port));
        }

        public void Scrape() => _times.Add(Scraper.Scrape());

        public void Dispose()
        {
            Scraper.Dispose();
            _process.Dispose();
        }
    }
}
