using System.Text.Json;

namespace Smb1Exporter.TestSupport;

/// <summary>A real Alertmanager (Debian package prometheus-alertmanager) on 127.0.0.1, alone, not one of a cluster.</summary>
public sealed class AlertmanagerServer : HttpServerProcess
{
    private readonly string _file;

    private AlertmanagerServer(ChildProcess process, int port, string file)
        : base(process, port)
    {
        _file = file;
    }

    /// <summary>Starts it in <paramref name="folder"/>, which must exist and is the test's to remove.</summary>
    /// <param name="configuration">The text of its configuration file; paths in it are relative to the folder.</param>
    public static Task<AlertmanagerServer> StartAsync(string folder, string configuration) => FreePorts.StartAsync(async port =>
    {
        var file = Path.Combine(folder, "alertmanager.yml");
        await File.WriteAllTextAsync(file, configuration);
        var server = new AlertmanagerServer(
            ChildProcess.Start(
                "prometheus-alertmanager",
                [
                    $"--config.file={file}",
                    $"--storage.path={Path.Combine(folder, "data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--cluster.listen-address=",
                    "--log.level=debug",
                ],
                workingDirectory: folder),
            port,
            file);
        return await WhenReadyAsync(server, "/-/ready");
    });

    /// <summary>Has it take another configuration over; returns when it has.</summary>
    public async Task ReloadAsync(string configuration)
    {
        await File.WriteAllTextAsync(_file, configuration);
        using var response = await Http.PostAsync("/-/reload", null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The alerts it holds.</summary>
    public async Task<IReadOnlyList<FiringAlert>> AlertsAsync()
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync("/api/v2/alerts"));
        return [.. answer.RootElement.EnumerateArray().Select(alert => new FiringAlert(
            alert.GetProperty("status").GetProperty("state").GetString()!,
            FiringAlert.ReadTexts(alert.GetProperty("labels")),
            FiringAlert.ReadTexts(alert.GetProperty("annotations"))))];
    }
}
