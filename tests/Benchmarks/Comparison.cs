using System.Globalization;

namespace Smb1Exporter.Benchmarks;

/// <summary>Measures the reader beside wc and mtail, each as a process of its own, in turns, and prints the medians.</summary>
internal static class Comparison
{
    private const int Records = 1_000_000;
    private const int OneOfSmb1In = 10;
    private const double Mebi = 1 << 20;

    /// <param name="native">The benchmark program as native code.</param>
    /// <param name="runs">How often each is measured.</param>
    public static async Task<int> RunAsync(string native, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("smb1-benchmark-").FullName;
        try
        {
            var mixed = Path.Join(folder, "mixed.json");
            var smb2 = Path.Join(folder, "smb2.json");
            var small = Path.Join(folder, "small", "audit.json");
            Directory.CreateDirectory(Path.Join(folder, "small"));
            LogFile.Write(small, 2, 2);
            LogFile.Write(mixed, Records, OneOfSmb1In);
            LogFile.Write(smb2, Records, 0);
            var bytes = new FileInfo(mixed).Length;
            Console.WriteLine(Text($"{Records} records, {bytes / 1e6:0} MB, one in {OneOfSmb1In} of SMB1, {LogFile.Clients} clients; medians of {runs} runs, in turns"));

            var jit = Path.Join(AppContext.BaseDirectory, "Smb1Exporter.Benchmarks");
            var subjects = new List<Subject>
            {
                new("wc -l", "wc", ["-l", mixed]),
                new("mtail", "mtail", ["-one_shot", "-one_shot_format", "prometheus", "-logs", mixed, "-progs", Path.Join(AppContext.BaseDirectory, "smb1.mtail")]),
                new("reader", native, ["read", small, mixed]),
                new("reader, JIT", jit, ["read", small, mixed]),
                new("reader, SMB2 only", native, ["read", small, smb2]),
                new("wc -l, SMB2 only", "wc", ["-l", smb2]),
            };
            for (var run = 0; run <= runs; run++)
            {
                foreach (var subject in subjects)
                {
                    // The first run only warms the caches.
                    await subject.RunAsync(keep: run > 0);
                }
            }

            Print(subjects, bytes);
            await PrintFollowingAsync(native, Directory.CreateDirectory(Path.Join(folder, "files")).FullName);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(List<Subject> subjects, long bytes)
    {
        var (wc, mtail) = (subjects[0], subjects[1]);
        Check(mtail.Output.Split('\n').Count(line => line.StartsWith("smb1_records{", StringComparison.Ordinal)), LogFile.Clients);
        Console.WriteLine();
        Console.WriteLine("| what | s | processor s | MB/s | x mtail's speed | x the time of wc | by processor: x mtail | x wc | memory on top, MiB |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var subject in subjects)
        {
            var memory = "";
            if (subject.Name.StartsWith("reader", StringComparison.Ordinal))
            {
                var numbers = subject.Output.Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
                Check(numbers[0], subject.Name.EndsWith("only", StringComparison.Ordinal) ? 0 : Records / OneOfSmb1In);
                memory = Text($"{subject.MedianOf(run => long.Parse(run.Output.Split(' ')[2], CultureInfo.InvariantCulture)) / Mebi:0.0}");
            }

            Console.WriteLine(Text(
                $"| {subject.Name} | {subject.Elapsed:0.00} | {subject.Processor:0.00} | {bytes / 1e6 / subject.Elapsed:0} | {mtail.Elapsed / subject.Elapsed:0.0} | {subject.Elapsed / wc.Elapsed:0.0} | {mtail.Processor / subject.Processor:0.0} | {subject.Processor / wc.Processor:0.0} | {memory} |"));
        }
    }

    private static async Task PrintFollowingAsync(string native, string folder)
    {
        var subject = new Subject("follow", native, ["follow", folder]);
        await subject.RunAsync(keep: true);
        var numbers = subject.Output.Split(' ');
        Console.WriteLine();
        Console.WriteLine($"{Following.Files} files of %m: a look takes {numbers[0]} µs when nothing changed, {numbers[1]} µs when one file did, for which {numbers[2].Trim()} bytes of position are written.");
    }

    private static void Check(long found, long expected)
    {
        if (found != expected)
        {
            throw new InvalidOperationException(Text($"{found} were counted where there are {expected}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
