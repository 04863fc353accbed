using System.Diagnostics;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>What a server pays all day: an attempt each second and a scrape each 15 seconds, beside node_exporter that is scraped as often.</summary>
internal static class Idle
{
    private const int Few = 1000;
    private const int Many = 10_000;
    private const int SecondsPerScrape = 15;

    public static async Task<IEnumerable<Figure>> MeasureAsync(Programs programs, string folder, int runs)
    {
        using var few = await Watched.StartAsync(programs, folder, Few);
        using var many = await Watched.StartAsync(programs, folder, Many);
        var port = Scraper.FreePort();
        using var process = NodeExporter.Start(port);
        using var node = await Scraper.ConnectAsync(process, port);
        node.Scrape();

        // Until the work that follows a start once is done.
        await Task.Delay(TimeSpan.FromSeconds(10));
        var before = process.Processor;
        few.Begin();
        many.Begin();
        for (var second = 1; second <= runs * SecondsPerScrape; second++)
        {
            var start = Stopwatch.GetTimestamp();
            few.Attempt();
            many.Attempt();
            if (second % SecondsPerScrape == 0)
            {
                node.Scrape();
                await few.ScrapeAsync();
                await many.ScrapeAsync();
            }

            await Task.Delay(TimeSpan.FromSeconds(1) - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } rest ? rest : TimeSpan.Zero);
        }

        var peer = (process.Processor - before) / runs;
        return [few.Compare(peer, "2 x", "1 x"), many.Compare(peer, "", ""), Between(few, many, runs)];
    }

    private static Figure Between(Watched few, Watched many, int runs)
    {
        var (one, other) = (few.BesideScrapes / runs / SecondsPerScrape * 1000, many.BesideScrapes / runs / SecondsPerScrape * 1000);
        return new Figure(
            "processor per second without the scrapes, 1,000 clients beside 10,000",
            FigureTable.Text($"{one:0.00} ms"),
            FigureTable.Text($"10,000 clients {other:0.00} ms"),
            FigureTable.Text($"{other / one:0.00} x"),
            "independent of clients",
            "");
    }

    private sealed class Watched : IDisposable
    {
        private readonly ExporterRig _rig;
        private readonly MeasuredProcess _process;
        private readonly Scraper _scraper;
        private readonly int _clients;
        private double _last;
        private int _scrapes;

        private Watched(ExporterRig rig, MeasuredProcess process, Scraper scraper, int clients) =>
            (_rig, _process, _scraper, _clients) = (rig, process, scraper, clients);

        public double BesideScrapes { get; private set; }

        private double InScrapes { get; set; }

        public static async Task<Watched> StartAsync(Programs programs, string folder, int clients)
        {
            var rig = new ExporterRig(programs.Exporter, Directory.CreateDirectory(Path.Join(folder, FigureTable.Text($"{clients}"))).FullName, clients);
            await rig.SeedAsync();
            var port = Scraper.FreePort();
            var process = rig.Start(port);
            var scraper = await Scraper.ConnectAsync(process, port);
            scraper.Scrape();
            return new Watched(rig, process, scraper, clients);
        }

        public void Begin() => _last = _process.Processor;

        public void Attempt() => _rig.Append(1);

        public async Task ScrapeAsync()
        {
            // The attempt that came just before must not count to the scrape.
            await Task.Delay(100);
            BesideScrapes += SinceLast();
            _scraper.Scrape();
            await Task.Delay(50);
            InScrapes += SinceLast();
            _scrapes++;
        }

        private double SinceLast()
        {
            var (last, now) = (_last, _process.Processor);
            _last = now;
            return now - last;
        }

        public Figure Compare(double peer, string must, string moonshot) => new(
            FigureTable.Text($"processor in 15 s: a scrape and 15 attempts, {_clients:N0} clients"),
            FigureTable.Text($"{(BesideScrapes + InScrapes) / _scrapes * 1000:0.0} ms"),
            FigureTable.Text($"node_exporter {peer * 1000:0.0} ms"),
            FigureTable.Text($"{(BesideScrapes + InScrapes) / _scrapes / peer:0.0} x"),
            must,
            moonshot);

        public void Dispose()
        {
            _scraper.Dispose();
            _process.Dispose();
        }
    }
}
