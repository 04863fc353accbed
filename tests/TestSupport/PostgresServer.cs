namespace Smb1Exporter.TestSupport;

/// <summary>A real PostgreSQL (Debian package postgresql) on 127.0.0.1, with a cluster of its own and passwords asked for.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "smb1";
    private const string Unprivileged = "postgres";

    private static readonly string? Programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin")).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
        : null;

    private readonly string _folder;
    private readonly bool _isDurable;
    private ChildProcess? _process;
    private int _databases;

    private PostgresServer(string folder, int port, string password, bool isDurable)
    {
        _folder = folder;
        _isDurable = isDurable;
        Port = port;
        Password = password;
    }

    /// <summary>Why it cannot be started here; null when it can.</summary>
    public static string? Missing => Programs is null ? "initdb is missing: the Debian package postgresql is not installed" : null;

    public int Port { get; }

    /// <summary>The password of <see cref="User"/>, who may do everything.</summary>
    public string Password { get; }

    /// <summary>Makes a cluster in a folder of its own, and starts it.</summary>
    /// <param name="isDurable">Whether commits wait for the disk, as they do in earnest.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false)
    {
        var folder = Directory.CreateTempSubdirectory("smb1-postgres-").FullName;
        var password = Guid.NewGuid().ToString("N");
        var passwordFile = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(passwordFile, password + "\n");
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await RunAsync("chown", "-R", Unprivileged, folder);
        }

        var data = Path.Combine(folder, "data");
        await RunUnprivilegedAsync(
            "initdb", "-D", data, "-U", User, $"--pwfile={passwordFile}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        return await FreePorts.StartAsync(async port =>
        {
            var server = new PostgresServer(folder, port, password, isDurable);
            await server.StartAgainAsync();
            return server;
        });
    }

    /// <summary>What a receiver's setting Receiver:Database names, without a password.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Database={database};Username={User}";

    /// <summary>Makes a database with a name of its own.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"receiver{Interlocked.Increment(ref _databases)}";
        await QueryAsync("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    /// <summary>Runs SQL; the answer has one line per row, columns parted by "|".</summary>
    public async Task<string> QueryAsync(string database, string sql) => (await RunAsync(
        new Dictionary<string, string?> { ["PGPASSWORD"] = Password },
        Path.Combine(Programs!, "psql"),
        "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{Port}", "-U", User, "-d", database, "-c", sql)).TrimEnd('\n');

    /// <summary>Starts the server after <see cref="StopAsync"/>.</summary>
    /// <exception cref="PortTakenException">The port was taken meanwhile.</exception>
    public async Task StartAgainAsync()
    {
        var (program, arguments) = AsUnprivileged(
            "postgres", "-D", Path.Combine(_folder, "data"), "-p", $"{Port}", "-h", "127.0.0.1", "-k", _folder, "-c", "max_connections=60", "-c", $"fsync={(_isDurable ? "on" : "off")}");
        var process = ChildProcess.Start(program, arguments);
        await Eventually.TrueAsync(
            () => process.HasExited || process.Output.Contains("ready to accept connections", StringComparison.Ordinal), "PostgreSQL is ready");
        if (process.HasExited)
        {
            throw process.Output.Contains("Address already in use", StringComparison.Ordinal)
                ? new PortTakenException(process.Output)
                : new InvalidOperationException($"PostgreSQL did not start:\n{process.Output}");
        }

        _process = process;
    }

    /// <summary>Stops the server as an administrator does in a hurry: open transactions are undone, connections cut.</summary>
    public Task StopAsync() => EndAsync(process => process.Interrupt());

    public async ValueTask DisposeAsync()
    {
        await EndAsync(process => process.Quit());
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync(Action<ChildProcess> signal)
    {
        if (_process is { } process)
        {
            _process = null;
            signal(process);
            await process.WaitForExitAsync(TimeSpan.FromSeconds(30));
            await process.DisposeAsync();
        }
    }

    private static async Task RunUnprivilegedAsync(string program, params string[] arguments)
    {
        var (fileName, all) = AsUnprivileged(program, arguments);
        await RunAsync(fileName, [.. all]);
    }

    // setpriv becomes the program: signals reach it.
    private static (string FileName, IEnumerable<string> Arguments) AsUnprivileged(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", [$"--reuid={Unprivileged}", $"--regid={Unprivileged}", "--clear-groups", path, .. arguments])
            : (path, arguments);
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        RunAsync(new Dictionary<string, string?>(), program, arguments);

    private static async Task<string> RunAsync(IReadOnlyDictionary<string, string?> environment, string program, params string[] arguments)
    {
        await using var process = await ChildProcess.RunAsync(program, arguments, environment: environment, workingDirectory: "/");
        return process.ExitCode == 0
            ? process.StandardOutput
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{process.Output}");
    }
}
