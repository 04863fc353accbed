using Smb1Exporter.Benchmarks;

return args switch
{
    ["read", var small, var log] => Reading.Run(small, log),
    ["follow", var folder] => Following.Run(folder),
    ["compare", var native, var runs] => await Comparison.RunAsync(native, int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("bash tests/Benchmarks/run.sh starts this.");
    return 2;
}
