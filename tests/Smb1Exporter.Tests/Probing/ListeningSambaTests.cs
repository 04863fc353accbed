using System.Globalization;
using Smb1Exporter.Auditing;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>Where a real smbd listens and who is connected to it, as this machine and Samba tell.</summary>
public sealed class ListeningSambaTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _running = [];

    [Fact]
    public async Task A_real_smbd_is_found_on_each_of_its_addresses()
    {
        var samba = await StartSambaAsync("one", "interfaces = 127.0.0.1/8 127.0.0.2/8");

        var report = await FindListenersAsync();

        Assert.True(report.Certainty == ListeningCertainty.ByProcess, report.Detail);
        Assert.Equal(
            [$"127.0.0.1:{samba.Port} {samba.ProcessId}", $"127.0.0.2:{samba.Port} {samba.ProcessId}"],
            report.Sockets.Where(socket => socket.Bound.Port == samba.Port).Select(socket => $"{socket.Ask} {string.Join(',', socket.ProcessIds)}"));
    }

    [Fact]
    public async Task A_second_smbd_with_a_configuration_of_its_own_is_found_too()
    {
        var (one, two) = (await StartSambaAsync("one"), await StartSambaAsync("two"));
        await using var session = await HoldSessionAsync(one, "NT1");

        var report = await FindListenersAsync();

        foreach (var samba in new[] { one, two })
        {
            var sockets = report.Sockets.Where(socket => socket.Bound.Port == samba.Port).ToList();
            Assert.NotEmpty(sockets);
            Assert.All(sockets, socket => Assert.Equal([samba.ProcessId], socket.ProcessIds));
            Assert.Contains(new ListeningServer(samba.ProcessId, samba.ConfigFile, IsForeign: false), report.Servers);
        }
    }

    [Fact]
    public async Task An_smbd_in_another_network_namespace_is_told_although_it_cannot_be_connected_to()
    {
        var one = await StartSambaAsync("one");
        var port = FreePorts.Next();
        var config = ConfigFor(one, _folder["other"], port);
        await using var other = ChildProcess.Start(
            "unshare", ["--net", "/usr/sbin/smbd", "-F", "--no-process-group", "-s", config], ownSession: true, inputStaysOpen: true);

        var report = await Eventually.GetAsync(
            FindListenersAsync, report => other.HasExited || report.Sockets.Any(socket => socket.Bound.Port == port), "the smbd listens");

        Assert.False(other.HasExited, other.Output);
        Assert.All(
            report.Sockets.Where(socket => socket.Bound.Port == port),
            socket => Assert.Equal((ListeningSocketAccess.OtherNetworkNamespace, null), (socket.Access, socket.Ask)));
        Assert.Contains("another network namespace", report.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rights_it_is_said_that_smbd_could_not_be_looked_at()
    {
        var samba = await StartSambaAsync("one");

        var report = WithoutRights.Run(() => new ListeningSocketFinder(new ProcessList(), TimeProvider.System).Find(TestContext.Current.CancellationToken));

        Assert.Equal(ListeningCertainty.ByPort, report.Certainty);
        Assert.DoesNotContain(report.Sockets, socket => socket.Bound.Port == samba.Port);
        Assert.Contains("run smb1-exporter as root", report.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-U%")]
    [InlineData("-Uroot%pw", "--client-protection=encrypt")]
    public async Task An_open_SMB1_session_is_found_with_its_client_and_no_other_one_is(params string[] client)
    {
        var samba = await StartSambaAsync("one");
        await using var password = await ChildProcess.RunAsync("sh", ["-c", $"printf 'pw\\npw\\n' | smbpasswd -c {samba.ConfigFile} -s -a root"]);
        Assert.True(password.ExitCode == 0, password.Output);
        Assert.Equal("No SMB1 session is open.", (await ReadSessionsAsync(samba)).Detail);
        await using var smb2 = await HoldSessionAsync(samba, "SMB2", "-U%");
        var begun = TimeProvider.System.GetUtcNow();
        await using var smb1 = await HoldSessionAsync(samba, "NT1", client);

        var sessions = await Eventually.GetAsync(() => ReadSessionsAsync(samba), sessions => sessions.Smb1.Count > 0, "an SMB1 session is listed");

        var session = Assert.Single(sessions.Smb1);
        Assert.Equal((OpenSessionsOutcome.Listed, "127.0.0.1"), (sessions.Outcome, session.Client));
        Assert.Contains(session.Port!.Value, SourcePortsOf(smb1));
        Assert.Equal(begun, session.Begin!.Value, TimeSpan.FromMinutes(1));
        Assert.Equal(session.Key, Assert.Single((await ReadSessionsAsync(samba)).Smb1).Key);
    }

    [Fact]
    public async Task Without_rights_the_sessions_could_not_be_asked()
    {
        var samba = await StartSambaAsync("one");
        await using var session = await HoldSessionAsync(samba, "NT1");

        var sessions = await ReadSessionsAsync(samba, new Unprivileged(new ProcessRunner(TimeProvider.System)));

        Assert.Equal(OpenSessionsOutcome.NotPermitted, sessions.Outcome);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running)
        {
            await running.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static Task<ListeningReport> FindListenersAsync() =>
        new ListeningSocketFinder(new ProcessList(), TimeProvider.System).FindAsync(TestContext.Current.CancellationToken);

    private static Task<OpenSessions> ReadSessionsAsync(SambaServer samba, IProcessRunner? runner = null) =>
        new OpenSessionReader(runner ?? new ProcessRunner(TimeProvider.System), new ProcessList(), TimeProvider.System, samba.ConfigFile)
            .ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>A real client that stays connected; returns once its session is set up.</summary>
    private static async Task<ChildProcess> HoldSessionAsync(SambaServer samba, string protocol, params string[] client)
    {
        var smbclient = ChildProcess.Start(
            "smbclient",
            ["//127.0.0.1/share", "-p", $"{samba.Port}", .. client is [] ? ["-U%"] : client, "-m", protocol, "--option=client min protocol=NT1"],
            inputStaysOpen: true);

        // It takes commands once it is connected; this one is for the shell.
        var connected = Path.Combine(samba.Folder, Guid.NewGuid().ToString("N"));
        smbclient.Enter($"!touch {connected}");
        await Eventually.TrueAsync(() => smbclient.HasExited || File.Exists(connected), "the client is connected");
        Assert.False(smbclient.HasExited, smbclient.Output);
        return smbclient;
    }

    /// <summary>The local ports of a process' connections.</summary>
    private static List<int> SourcePortsOf(ChildProcess process)
    {
        var sockets = new ProcessList().SocketsOf(process.Id, 1000)!;
        return
        [
            .. File.ReadLines("/proc/net/tcp").Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => sockets.Contains(ulong.Parse(fields[9], CultureInfo.InvariantCulture)))
                .Select(fields => Convert.ToInt32(fields[1][^4..], 16)),
        ];
    }

    /// <summary>The configuration of a server, changed for another folder and port, and for a network whose interfaces are all down.</summary>
    private static string ConfigFor(SambaServer samba, string folder, int port)
    {
        foreach (var name in new[] { "private", "lock", "state", "cache", "pid", "ncalrpc", "share" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        var config = Path.Combine(folder, "smb.conf");
        File.WriteAllText(config, string.Join('\n', File.ReadLines(samba.ConfigFile)
            .Where(line => !line.Contains("bind interfaces only", StringComparison.Ordinal))
            .Select(line => line
                .Replace("127.0.0.1/8 lo", "127.0.0.1/8", StringComparison.Ordinal)
                .Replace(samba.Folder, folder, StringComparison.Ordinal)
                .Replace($"smb ports = {samba.Port}", $"smb ports = {port}", StringComparison.Ordinal))));
        return config;
    }

    private async Task<SambaServer> StartSambaAsync(string name, params string[] globalLines)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "needs root and Debian's samba and smbclient");
        var samba = await SambaServer.StartAsync(
            Directory.CreateDirectory(_folder[name]).FullName, new SambaServerOptions { GlobalLines = globalLines }, TestContext.Current.CancellationToken);
        _running.Add(samba);
        return samba;
    }

    /// <summary>Runs programs as the account nobody.</summary>
    private sealed class Unprivileged(IProcessRunner real) : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
            real.RunAsync("setpriv", ["--reuid=65534", "--clear-groups", fileName, .. arguments], timeout, cancellationToken);
    }
}
