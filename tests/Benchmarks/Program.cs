using System.Globalization;
using Smb1Exporter.Benchmarks;
using Smb1Exporter.Benchmarks.Figures;
using Smb1Exporter.Benchmarks.Peers;

return args switch
{
    ["read", var small, var log] => Reading.Run(small, log),
    ["follow", var folder] => Following.Run(folder),
    ["compare", var native, var runs] => await Comparison.RunAsync(native, int.Parse(runs, CultureInfo.InvariantCulture)),
    ["peer", var kind, var url, var scrape] => Peer.Run(kind, url, scrape),
    ["figures", var exporter, var native, var runs, .. var rows] =>
        await FigureTable.RunAsync(new Programs(exporter, native), int.Parse(runs, CultureInfo.InvariantCulture), rows),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("bash tests/Benchmarks/run.sh starts this.");
    return 2;
}
