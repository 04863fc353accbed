using System.Globalization;
using System.Net;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>Anybody can reach the port, and takes what he can get.</summary>
public sealed class StrangersTests
{
    private const int Connections = 1500;
    private const int MostConnectionsKept = 64;
    private const long MostMebibytesMore = 150;
    private const string Client = "10.8.0.1";

    [FieldFact("3,000 connections that did not read their answer: 63 MiB became 2,153, and a scrape took 16 s")]
    public async Task Connections_that_never_read_their_answers_cost_little_and_a_scrape_is_answered()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        for (var client = 0; client < 1000; client++)
        {
            log.WriteConnection($"10.8.{client / 250}.{(client % 250) + 1}", 41001);
        }

        var exporter = await site.ExporterForLogAsync(log.Path);
        await exporter.WhenCountedAsync("10.8.3.250", 1);
        var before = MostMebibytesOf(exporter);

        using var strangers = new Strangers();
        foreach (var path in new[] { "/metrics", "/", "/report.csv" })
        {
            for (var i = 0; i < Connections / 3; i++)
            {
                var stranger = await strangers.ConnectAsync(exporter.Address);
                for (var request = 0; request < 10; request++)
                {
                    await stranger.AskAsync(path, "127.0.0.1");
                }
            }

            await exporter.ThenCountsAsync(Client, 1);
        }

        var connections = SocketsOf(exporter);
        Assert.True(connections < MostConnectionsKept + 20, $"{connections} sockets are open");
        var more = MostMebibytesOf(exporter) - before;
        Assert.True(more < MostMebibytesMore, $"{more} MiB more than the {before} before");
        Assert.True(LinesOf(exporter) < 100, exporter.Process.Output);
    }

    [FieldFact("A scanner that kept its connections open: the log could not be read any more, then the program ended without memory")]
    public async Task Idle_connections_leave_the_program_the_files_that_it_needs()
    {
        await using var site = new Site();
        var log = new AuditLogWriter(site["audit.log"], TimeProvider.System);
        log.WriteConnection(Client, port: 41001);
        var exporter = await StartWithFewFilesAsync(site, log.Path);
        await exporter.WhenCountedAsync(Client, 1);

        using var strangers = new Strangers();
        for (var i = 0; i < 400; i++)
        {
            await strangers.ConnectAsync(exporter.Address);
        }

        log.RotateByRename();
        log.WriteConnections(Client, 2);
        await exporter.ThenCountsAsync(Client, 3);
        Assert.DoesNotContain("Too many open files", exporter.Process.Output, StringComparison.OrdinalIgnoreCase);
    }

    [FieldFact("A stranger with many connections, and a Prometheus that keeps its one")]
    public async Task The_connection_of_a_scraper_outlives_those_of_a_stranger_with_many()
    {
        await using var site = new Site();
        var exporter = await site.ExporterForLogAsync(site["audit.log"]);
        using var prometheus = await Stranger.ConnectAsync(exporter.Address);
        await prometheus.AskAsync("/-/healthy", "exporter");
        Assert.Equal(200, await prometheus.ReadStatusAsync());

        using var strangers = new Strangers();
        for (var i = 0; i < 3 * MostConnectionsKept; i++)
        {
            await strangers.ConnectAsync(exporter.Address);
        }

        await Then.SoonAsync(
            () => Task.FromResult(exporter.Process.Output), output => output.Contains("connections are open", StringComparison.Ordinal), "it is logged");
        await prometheus.AskAsync("/-/healthy", "exporter");
        Assert.Equal(200, await prometheus.ReadStatusAsync());
    }

    [FieldFact("41,000 refused requests a second wrote 10 MB of log a second")]
    public async Task A_flood_of_refused_requests_writes_few_lines()
    {
        await using var site = new Site();
        var exporter = await site.ExporterForLogAsync(site["audit.log"]);
        var receiver = await site.ReceiverAsync();
        foreach (var server in new HttpServerProcess[] { exporter, receiver })
        {
            var before = LinesOf(server);
            foreach (var request in RefusedRequests)
            {
                for (var i = 0; i < 200; i++)
                {
                    using var stranger = await Stranger.ConnectAsync(server.Address);
                    await stranger.SendAsync(request);
                    Assert.InRange(await stranger.ReadStatusAsync() ?? 400, 400, 499);
                }
            }

            var lines = LinesOf(server) - before;
            Assert.True(lines < 20, $"{lines} lines for {200 * RefusedRequests.Length} requests:\n{server.Process.Output}");
        }
    }

    [FieldFact("DNS rebinding: a name of a stranger's that resolves to the file server, in an administrator's browser")]
    public async Task A_page_is_not_shown_under_a_strangers_name_and_metrics_are()
    {
        await using var site = new Site();
        var exporter = await site.ExporterForLogAsync(site["audit.log"], "--AllowedHosts=smb1.contoso.example");
        string[] pages = ["/", "/report", "/report.csv"];
        string[] open = ["/metrics", "/-/healthy"];
        string[] own = ["127.0.0.1", "[::1]:10445", "localhost:8080", Environment.MachineName, "smb1.contoso.example", ExporterArguments.HostName];

        foreach (var page in pages)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(exporter, page, "rebound.example"));
            foreach (var host in own)
            {
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(exporter, page, host));
            }
        }

        foreach (var path in open)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(exporter, path, "rebound.example"));
        }

        await Then.SoonAsync(
            () => Task.FromResult(exporter.Process.Output), output => output.Contains("rebound.example", StringComparison.Ordinal), "it is logged");
    }

    private static string[] RefusedRequests { get; } =
    [
        "NONSENSE\r\n\r\n",
        "GET /report HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
        "GET /api/tickets HTTP/1.1\r\nHost: rebound.example\r\n\r\n",
        "POST /alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('x', 40_000)}\r\n\r\n",
    ];

    private static int LinesOf(HttpServerProcess server) => server.Process.Output.Count(character => character == '\n');

    private static async Task<ExporterProcess> StartWithFewFilesAsync(Site site, string auditLog) =>
        site.Own(await ExporterProcess.StartAsync(port => ChildProcess.Start(
            "prlimit",
            [
                "--nofile=300:300", Programs.Exporter(Programs.PreferredBuild), .. ExporterArguments.ForLog(site.Folder, auditLog),
                "--urls", $"http://127.0.0.1:{port}",
            ])));

    private static async Task<HttpStatusCode> StatusAsync(HttpServerProcess server, string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var response = await server.Http.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>The most memory that was ever resident.</summary>
    private static long MostMebibytesOf(HttpServerProcess server) =>
        long.Parse(
            File.ReadLines($"/proc/{server.Process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;

    private static int SocketsOf(HttpServerProcess server) =>
        new DirectoryInfo($"/proc/{server.Process.Id}/fd").EnumerateFileSystemInfos()
            .Count(file => file.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    private sealed class Strangers : IDisposable
    {
        // Not the tests' own: of the address with most connections one may be closed at any moment, in the middle of a request too.
        private const string Address = "127.0.0.77";
        private readonly List<Stranger> _all = [];

        public async Task<Stranger> ConnectAsync(Uri server)
        {
            var stranger = await Stranger.ConnectAsync(server, from: Address);
            _all.Add(stranger);
            return stranger;
        }

        public void Dispose() => _all.ForEach(stranger => stranger.Dispose());
    }
}
