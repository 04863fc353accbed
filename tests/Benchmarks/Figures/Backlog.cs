using System.Diagnostics;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>A million records from the start of the program until the position at their end is stored, beside mtail.</summary>
internal static class Backlog
{
    private const int Records = 1_000_000;
    private const int OneOfSmb1In = 10;

    public static async Task<IEnumerable<Figure>> MeasureAsync(Programs programs, string folder, int runs)
    {
        var log = Path.Join(folder, "mixed.json");
        LogFile.Write(log, Records, OneOfSmb1In);
        var mtail = new Subject(
            "mtail", "mtail", ["-one_shot", "-one_shot_format", "prometheus", "-logs", log, "-progs", Path.Join(AppContext.BaseDirectory, "smb1.mtail")]);
        var (elapsed, processor) = (new List<double>(), new List<double>());
        for (var run = 0; run <= runs; run++)
        {
            // The first run only warms the caches.
            await mtail.RunAsync(keep: run > 0);
            var rig = new ExporterRig(programs.Exporter, Directory.CreateDirectory(Path.Join(folder, FigureTable.Text($"{run}"))).FullName, clients: 1000, log);
            using (var process = rig.Start(Scraper.FreePort()))
            {
                await rig.WaitUntilStoredAsync(process);
                if (run > 0)
                {
                    elapsed.Add(Stopwatch.GetElapsedTime(process.Started).TotalSeconds);
                    processor.Add(process.Processor);
                }
            }

            if (rig.StoredAttempts() is var stored && stored != Records / OneOfSmb1In)
            {
                throw new InvalidOperationException($"{stored} attempts were counted");
            }
        }

        var (wall, busy) = (elapsed.Median(), processor.Median());
        const string What = "1 M records, one in ten of SMB1, 5,000 clients, whole process with the store";
        return
        [
            new Figure(What, FigureTable.Text($"{wall:0.00} s"), FigureTable.Text($"mtail {mtail.Elapsed:0.00} s"), FigureTable.Text($"{mtail.Elapsed / wall:0.0} x as fast"), "15 x", "25 x"),
            new Figure($"{What}, processor", FigureTable.Text($"{busy:0.00} s"), FigureTable.Text($"mtail {mtail.Processor:0.00} s"), FigureTable.Text($"{mtail.Processor / busy:0.0} x as fast"), "15 x", "25 x"),
        ];
    }
}
