using System.Globalization;

namespace Smb1Exporter.TestSupport;

/// <summary>A real mail server, aiosmtpd, on 127.0.0.1 and a free port, which keeps each mail in a file. Needs Debian's python3-aiosmtpd.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/aiosmtpd";
    private readonly ChildProcess _process;
    private readonly string _folder;

    private SmtpServer(ChildProcess process, int port, string folder)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    /// <summary>Why tests that need it are to be skipped; null where it is installed.</summary>
    public static string? Missing => OperatingSystem.IsLinux() && File.Exists(Program) ? null : "needs Debian's python3-aiosmtpd";

    public int Port { get; }

    public string Output => _process.Output;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="folder">Where the mails go; made when it is not there.</param>
    /// <param name="arguments">Further ones of aiosmtpd, such as <c>--tlscert</c>.</param>
    public static Task<SmtpServer> StartAsync(string folder, params IEnumerable<string> arguments) => FreePorts.StartAsync(async port =>
    {
        // Arguments of the handler come last.
        var process = ChildProcess.Start(
            Program,
            ["-n", "-l", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "-c", "aiosmtpd.handlers.Mailbox", .. arguments, folder]);
        await Eventually.TrueAsync(() => process.HasExited || Accepts(port), "aiosmtpd listens");
        if (!process.HasExited)
        {
            return new SmtpServer(process, port, folder);
        }

        await using (process)
        {
            await process.WaitForExitAsync(TimeSpan.FromSeconds(5));
            throw process.Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase)
                ? new PortTakenException(process.Output)
                : new InvalidOperationException($"aiosmtpd ended:\n{process.Output}");
        }
    });

    /// <summary>The files of the mails so far, oldest first.</summary>
    public IReadOnlyList<string> Mails => Directory.Exists(Path.Combine(_folder, "new"))
        ? [.. new DirectoryInfo(Path.Combine(_folder, "new")).GetFiles().OrderBy(file => file.LastWriteTimeUtc).Select(file => file.FullName)]
        : [];

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static bool Accepts(int port)
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient("127.0.0.1", port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
