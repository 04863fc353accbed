using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// What one test has of its own: a folder, and the programs and servers it started. All are ended, the last one first, and the folder removed
/// when it is disposed.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Stack<IAsyncDisposable> _started = new();

    /// <summary>The path of a file or folder of this test.</summary>
    public string this[string name] => _folder[name];

    public string Folder => _folder.Path;

    /// <summary>A folder of this test, made if it is not there.</summary>
    public string Subfolder(string name) => Directory.CreateDirectory(_folder[name]).FullName;

    /// <summary>A real smbd with all its files in the folder "samba". Skips the test where there is none.</summary>
    public async Task<SambaServer> SambaAsync(SambaServerOptions? options = null)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        return Own(await SambaServer.StartAsync(Subfolder("samba"), options, TestContext.Current.CancellationToken));
    }

    /// <summary>The exporter, reading a log that the test writes (a path or a pattern); auditing is nobody's business.</summary>
    /// <param name="arguments">Further settings; the later of two holds.</param>
    public Task<ExporterProcess> ExporterForLogAsync(string auditLog, params IEnumerable<string> arguments) =>
        ExporterAsync(null, [
            "--Exporter:EnableAuditing=false", $"--Exporter:Samba:AuditLog={auditLog}", $"--Exporter:Samba:ConfigFile={this["none.conf"]}", .. arguments,
        ]);

    /// <summary>The exporter, looking after a real smbd whose auditing it is to switch on.</summary>
    public Task<ExporterProcess> ExporterForSambaAsync(SambaServer samba, params IEnumerable<string> arguments) =>
        ExporterAsync(
            null, [$"--Exporter:Samba:ConfigFile={samba.ConfigFile}", $"--Exporter:Samba:AuditLog={samba.AuditLog}", .. ExporterArguments.AskOnly(samba), .. arguments]);

    /// <summary>
    /// The exporter with the settings given, beside those that keep it to this test's folder. It asks no server, unless <see cref="ExporterArguments.AskOnly"/>
    /// names one.
    /// </summary>
    /// <param name="environment">Variables of its own, such as those of a <see cref="Clock"/>.</param>
    public async Task<ExporterProcess> ExporterAsync(IReadOnlyDictionary<string, string?>? environment, params IEnumerable<string> arguments)
    {
        string[] all =
        [
            "--Exporter:Source=Samba",
            $"--Exporter:StateFile={this["exporter.db"]}",
            $"--Exporter:Customer={ExporterArguments.Customer}",
            $"--Exporter:HostName={ExporterArguments.HostName}",
            "--Exporter:BirthHold=00:00:01",
            "--Exporter:ResolveNames=false",
            "--Exporter:OwnConnections=Off",
            .. arguments,
        ];
        var program = Programs.Exporter(Programs.PreferredBuild);
        return Own(await ExporterProcess.StartAsync(
            port => ChildProcess.Start(program, [.. all, "--urls", $"http://127.0.0.1:{port}"], environment)));
    }

    /// <summary>The receiver with its built-in tickets, or with the settings given.</summary>
    public async Task<ReceiverProcess> ReceiverAsync(params IEnumerable<string> arguments) =>
        Own(await ReceiverProcess.StartAsync(Subfolder("receiver"), arguments));

    public async Task<PrometheusServer> PrometheusAsync(string configuration, params IReadOnlyList<string> arguments) =>
        Own(await PrometheusServer.StartAsync(Subfolder($"prometheus-{_started.Count}"), configuration, arguments));

    public async Task<AlertmanagerServer> AlertmanagerAsync(string configuration) =>
        Own(await AlertmanagerServer.StartAsync(Subfolder($"alertmanager-{_started.Count}"), configuration));

    /// <summary>Has a part that the test made end with it.</summary>
    public T Own<T>(T part)
        where T : IAsyncDisposable
    {
        _started.Push(part);
        return part;
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _folder.Dispose();
    }
}
