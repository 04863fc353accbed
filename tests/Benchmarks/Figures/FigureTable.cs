using System.Globalization;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>The programs that are measured.</summary>
/// <param name="Exporter">The exporter as native code.</param>
/// <param name="Peers">This program as native code.</param>
internal sealed record Programs(string Exporter, string Peers);

/// <summary>A line of the table.</summary>
internal sealed record Figure(string What, string Exporter, string Peer, string Result, string Must, string Moonshot);

/// <summary>Measures the exporter as a whole, each time beside a peer and in turns with it, and prints one table of medians.</summary>
internal static class FigureTable
{
    private static readonly Dictionary<string, Func<Programs, string, int, Task<IEnumerable<Figure>>>> Rows = new(StringComparer.Ordinal)
    {
        ["backlog"] = Backlog.MeasureAsync,
        ["footprint"] = Footprint.MeasureAsync,
        ["idle"] = Idle.MeasureAsync,
        ["answers"] = Answers.MeasureAsync,
    };

    /// <param name="programs">The programs.</param>
    /// <param name="runs">How often each is measured.</param>
    /// <param name="only">Names of the rows to measure; none for all.</param>
    public static async Task<int> RunAsync(Programs programs, int runs, string[] only)
    {
        var figures = new List<Figure>();
        foreach (var (name, measureAsync) in Rows.Where(row => only.Length == 0 || only.Contains(row.Key)))
        {
            await Console.Error.WriteLineAsync($"Measuring: {name}");
            var folder = Directory.CreateTempSubdirectory("smb1-benchmark-").FullName;
            try
            {
                figures.AddRange(await measureAsync(programs, folder, runs));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        Console.WriteLine("| what | exporter | peer | result | must | moonshot |");
        Console.WriteLine("|---|---|---|---|---|---|");
        figures.ForEach(figure => Console.WriteLine($"| {figure.What} | {figure.Exporter} | {figure.Peer} | {figure.Result} | {figure.Must} | {figure.Moonshot} |"));
        return 0;
    }

    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
