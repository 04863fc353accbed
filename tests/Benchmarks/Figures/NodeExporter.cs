namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>The exporter that runs on most machines already, with its defaults.</summary>
internal static class NodeExporter
{
    public static MeasuredProcess Start(int port) =>
        new("prometheus-node-exporter", FigureTable.Text($"--web.listen-address=127.0.0.1:{port}"), "--log.level=error");
}
