using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Smb1Exporter.TestSupport;

/// <summary>What the smb.conf of a <see cref="SambaServer"/> says.</summary>
public sealed record SambaServerOptions
{
    /// <summary>"NT1" serves SMB1; "SMB2_02" refuses it at negotiation; null for no such line, which is the same since Samba 4.11.</summary>
    public string? MinProtocol { get; init; } = "NT1";

    /// <summary>The value of "log level", or null for no such line. <c>{AuditLog}</c> in it becomes the audit log's path.</summary>
    public string? LogLevel { get; init; }

    /// <summary>KiB at which smbd renames a log to *.old; null leaves Samba's default (5000).</summary>
    public int? MaxLogSize { get; init; }

    /// <summary>Path of the audit log; null: auth_audit.log in the server's folder.</summary>
    public string? AuditLog { get; init; }

    /// <summary>Further lines of [global], such as "logging = file@1".</summary>
    public IReadOnlyList<string> GlobalLines { get; init; } = [];

    /// <summary>
    /// Makes the bytes of the whole smb.conf, where it is not to be one as the options above say, from the server's folder and the lines of
    /// [global] that keep the server apart from all others.
    /// </summary>
    public Func<string, IReadOnlyList<string>, byte[]>? Configuration { get; init; }

    /// <summary>Further options of smbd itself, such as "--debug-stdout".</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables that smbd alone has, and not those who ask about it.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Value of <see cref="LogLevel"/> with which every session leaves a record in the audit log.</summary>
    public const string Audited = "1 auth_json_audit:5@{AuditLog}";
}

/// <summary>How an smbclient run ended.</summary>
public sealed record SmbClientResult(int ExitCode, string Output);

/// <summary>
/// A private smbd on 127.0.0.1 and a free port, all of whose files lie in one folder. Needs root and Debian's samba and smbclient.
/// Its share "share" is open to guests.
/// </summary>
public sealed class SambaServer : IAsyncDisposable
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private readonly SambaServerOptions _options;
    private Process? _smbd;

    private SambaServer(string folder, SambaServerOptions options)
    {
        Folder = folder;
        _options = options;
        AuditLog = options.AuditLog ?? Path.Combine(folder, "auth_audit.log");
    }

    /// <summary>False where the tests that need a real Samba are to be skipped.</summary>
    public static bool IsAvailable =>
        OperatingSystem.IsLinux() && File.Exists(Smbd) && File.Exists("/usr/bin/smbclient") && Environment.IsPrivilegedProcess;

    public string Folder { get; }

    public int Port { get; private set; }

    public string ConfigFile => Path.Combine(Folder, "smb.conf");

    public string AuditLog { get; }

    /// <summary>smbd's general log ("log file").</summary>
    public string GeneralLog => Path.Combine(Folder, "log.smbd");

    /// <summary>The process id of the parent smbd.</summary>
    public int ProcessId => _smbd?.Id ?? throw new InvalidOperationException("smbd is stopped");

    private static string Smbd => "/usr/sbin/smbd";

    private string ConsoleOutput => Path.Combine(Folder, "smbd.out");

    /// <summary>Writes smb.conf into <paramref name="folder"/> and returns when smbd accepts connections.</summary>
    public static async Task<SambaServer> StartAsync(
        string folder, SambaServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        var server = new SambaServer(folder, options ?? new SambaServerOptions());
        foreach (var name in new[] { "private", "lock", "state", "cache", "pid", "ncalrpc", "share" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        for (var attempt = 1; ; attempt++)
        {
            server.Port = FreePort();
            await File.WriteAllBytesAsync(server.ConfigFile, server.Configuration(), cancellationToken);
            try
            {
                await server.StartAgainAsync(cancellationToken);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                // Somebody else took the port between our finding it free and smbd's binding it.
            }
        }
    }

    /// <summary>Starts smbd with the smb.conf as it is now; needed only after <see cref="StopAsync"/>.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        // On TERM smbd signals its whole process group, so it gets one of its own. In the foreground it ends when its standard input
        // does: the pipe stays open until StopAsync, and a killed test run takes smbd with it.
        string[] command = [Smbd, "-F", "--no-process-group", "-s", ConfigFile, .. _options.Arguments];
        var start = new ProcessStartInfo("setsid", ["sh", "-c", "exec \"$@\" >>\"$0\" 2>&1", ConsoleOutput, .. command])
        {
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in _options.Environment)
        {
            start.Environment[name] = value;
        }

        _smbd = Process.Start(start)!;

        // It answers a ping only once all of its start is behind it, the reading of smb.conf included.
        var watch = Stopwatch.StartNew();
        while (!await AcceptsAsync(cancellationToken) || (await RunAsync("smbcontrol", ["-s", ConfigFile, "smbd", "ping"], cancellationToken)).ExitCode != 0)
        {
            if (_smbd.HasExited || watch.Elapsed > StartLimit)
            {
                await StopAsync();
                var said = string.Concat(new[] { ConsoleOutput, GeneralLog }.Where(File.Exists).Select(File.ReadAllText));
                throw new InvalidOperationException($"smbd did not start on port {Port}: {said}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>One SMB1 connection: negotiate, session as a guest, listing of the share.</summary>
    public Task<SmbClientResult> ConnectSmb1Async(CancellationToken cancellationToken = default) =>
        ConnectAsync(["-m", "NT1", "--option=client min protocol=NT1"], cancellationToken);

    /// <summary>The same over SMB2.</summary>
    public Task<SmbClientResult> ConnectSmb2Async(CancellationToken cancellationToken = default) =>
        ConnectAsync(["-m", "SMB2"], cancellationToken);

    /// <summary>Has smbd read its configuration again, and returns once it has.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken = default)
    {
        // It answers messages in their order.
        foreach (var message in new[] { "reload-config", "ping" })
        {
            var sent = await RunAsync("smbcontrol", ["-s", ConfigFile, "smbd", message], cancellationToken);
            if (sent.ExitCode != 0)
            {
                throw new InvalidOperationException($"smbd did not take the message {message}: {sent.Output}");
            }
        }
    }

    /// <summary>Ends smbd and waits until it and its children are gone; the files stay.</summary>
    public async Task StopAsync()
    {
        if (_smbd is not { } smbd)
        {
            return;
        }

        _smbd = null;
        _ = Kill(smbd.Id, Sigterm);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await smbd.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Whatever is left is ended with its group below.
        }

        _ = Kill(-smbd.Id, Sigkill);
        await smbd.WaitForExitAsync(CancellationToken.None);
        smbd.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);

    private static async Task<SmbClientResult> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new SmbClientResult(process.ExitCode, await output + await error);
    }

    private Task<SmbClientResult> ConnectAsync(string[] protocol, CancellationToken cancellationToken) =>
        RunAsync("smbclient", ["//127.0.0.1/share", "-p", $"{Port}", "-U%", .. protocol, "-c", "ls"], cancellationToken);

    private async Task<bool> AcceptsAsync(CancellationToken cancellationToken)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private byte[] Configuration() =>
        _options.Configuration?.Invoke(Folder, LinesThatKeepItApart()) ?? Encoding.UTF8.GetBytes(ConfigurationByOptions());

    private string[] LinesThatKeepItApart() =>
    [
        $"private dir = {Folder}/private",
        $"lock directory = {Folder}/lock",
        $"state directory = {Folder}/state",
        $"cache directory = {Folder}/cache",
        $"pid directory = {Folder}/pid",
        $"ncalrpc dir = {Folder}/ncalrpc",
        $"log file = {GeneralLog}",
        "interfaces = 127.0.0.1/8 lo",
        "bind interfaces only = yes",
        $"smb ports = {Port}",
        "disable netbios = yes",
        "load printers = no",
    ];

    private string ConfigurationByOptions()
    {
        List<string> lines = ["server role = standalone server", .. LinesThatKeepItApart(), "map to guest = Bad User"];
        if (_options.MinProtocol is { } protocol)
        {
            lines.Add($"server min protocol = {protocol}");
        }

        if (_options.MaxLogSize is { } size)
        {
            lines.Add($"max log size = {size}");
        }

        if (_options.LogLevel is { } level)
        {
            lines.Add($"log level = {level.Replace("{AuditLog}", AuditLog, StringComparison.Ordinal)}");
        }

        lines.AddRange(_options.GlobalLines);

        // Guests become root in the share because only root may enter a test's temporary folder.
        string[] share = [$"path = {Folder}/share", "guest ok = yes", "force user = root"];
        return string.Join('\n', ["[global]", .. Indented(lines), "[share]", .. Indented(share), ""]);
    }

    private static IEnumerable<string> Indented(IEnumerable<string> lines) => lines.Select(line => $"    {line}");
}
