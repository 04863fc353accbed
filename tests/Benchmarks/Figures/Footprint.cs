using System.Diagnostics;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>Memory after ten scrapes, a second apart, and the time from the start to the end of the first one, beside node_exporter.</summary>
internal static class Footprint
{
    private const int Clients = 1000;
    private const int Scrapes = 10;
    private const int StartsPerRun = 5;
    private const double Mebi = 1 << 20;

    public static async Task<IEnumerable<Figure>> MeasureAsync(Programs programs, string folder, int runs)
    {
        var rig = new ExporterRig(programs.Exporter, folder, Clients);
        await rig.SeedAsync();
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var start = 0; start <= runs * StartsPerRun; start++)
        {
            ours.Add(await StartAsync(rig.Start) * 1000);
            theirs.Add(await StartAsync(NodeExporter.Start) * 1000);
        }

        var resident = new List<(double Ours, double Theirs)>();
        for (var run = 0; run < runs; run++)
        {
            resident.Add(await ScrapeAsync(rig));
        }

        // The first start only warms the caches.
        var (start1, start2) = (ours.Skip(1).Median(), theirs.Skip(1).Median());
        var (memory1, memory2) = (resident.Select(run => run.Ours).Median(), resident.Select(run => run.Theirs).Median());
        return
        [
            new Figure(
                "resident, 1,000 clients, 10 scrapes", FigureTable.Text($"{memory1:0.0} MiB"), FigureTable.Text($"node_exporter {memory2:0.0} MiB"), FigureTable.Text($"{memory1 / memory2:0.00} x"), "1.6 x", "1.2 x"),
            new Figure(
                "start to first scrape, 1,000 clients", FigureTable.Text($"{start1:0} ms"), FigureTable.Text($"node_exporter {start2:0} ms"), FigureTable.Text($"{start1:0} ms, at best {ours.Min():0} ms"), "80 ms", "50 ms"),
        ];
    }

    private static async Task<double> StartAsync(Func<int, MeasuredProcess> launch)
    {
        var port = Scraper.FreePort();
        using var process = launch(port);
        using var scraper = await Scraper.ConnectAsync(process, port);
        scraper.Scrape();
        return Stopwatch.GetElapsedTime(process.Started).TotalSeconds;
    }

    private static async Task<(double Ours, double Theirs)> ScrapeAsync(ExporterRig rig)
    {
        var (port, nodePort) = (Scraper.FreePort(), Scraper.FreePort());
        using var process = rig.Start(port);
        using var node = NodeExporter.Start(nodePort);
        using var scraper = await Scraper.ConnectAsync(process, port);
        using var nodeScraper = await Scraper.ConnectAsync(node, nodePort);
        for (var scrape = 0; scrape < Scrapes; scrape++)
        {
            scraper.Scrape();
            nodeScraper.Scrape();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        return (process.Resident / Mebi, node.Resident / Mebi);
    }
}
