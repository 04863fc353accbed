using System.Globalization;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// A database of Request Tracker with the queues, fields and users of RequestTracker/initialdata.pl, made once per test process; each
/// <see cref="RequestTrackerServer"/> works on a copy of it.
/// </summary>
internal sealed class RequestTrackerTemplate
{
    private const string DatabaseName = "rt.db";
    private static readonly Lazy<Task<RequestTrackerTemplate>> Made = new(MakeAsync);

    private RequestTrackerTemplate(string database, IReadOnlyDictionary<string, string> tokens)
    {
        Database = database;
        Tokens = tokens;
    }

    /// <summary>Its file.</summary>
    public string Database { get; }

    /// <summary>The users' tokens, by user name.</summary>
    public IReadOnlyDictionary<string, string> Tokens { get; }

    public static Task<RequestTrackerTemplate> GetAsync() => Made.Value;

    /// <summary>Writes the settings of a Request Tracker all of whose files lie in one folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="port">Where it listens on 127.0.0.1.</param>
    /// <returns>The environment with which Request Tracker's programs use them.</returns>
    public static IReadOnlyDictionary<string, string?> Configure(string folder, int port)
    {
        foreach (var name in new[] { "mason", "sessions", "var", "no-more-settings" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        // Each request proves its token by bcrypt: at the usual cost of 12 that takes longer than all else of it.
        var settings = Path.Combine(folder, "RT_SiteConfig.pm");
        File.WriteAllText(settings, string.Create(CultureInfo.InvariantCulture, $$"""
            Set($rtname, 'rt.example');
            Set($Organization, 'rt.example');
            Set($WebDomain, '127.0.0.1');
            Set($WebPort, {{port}});
            Set($WebBaseURL, 'http://127.0.0.1:{{port}}');
            Set($WebPath, '');
            Set($DatabaseType, 'SQLite');
            Set($DatabaseName, '{{Path.Combine(folder, DatabaseName)}}');
            Set($LogToSTDERR, 'warning');
            Set($LogToSyslog, undef);
            Set($WebSessionClass, 'Apache::Session::File');
            Set(%GnuPG, Enable => 0);
            Set(%SMIME, Enable => 0);
            Set($MailCommand, 'mbox');
            Set($BcryptCost, 4);
            $RT::MasonDataDir = '{{Path.Combine(folder, "mason")}}';
            $RT::MasonSessionDir = '{{Path.Combine(folder, "sessions")}}';
            $RT::VarPath = '{{Path.Combine(folder, "var")}}';
            1;
            """));
        return new Dictionary<string, string?> { ["RT_SITE_CONFIG"] = settings, ["RT_SITE_CONFIG_DIR"] = Path.Combine(folder, "no-more-settings") };
    }

    public static string DatabaseIn(string folder) => Path.Combine(folder, DatabaseName);

    private static async Task<RequestTrackerTemplate> MakeAsync()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var environment = Configure(folder.Path, port: 1);
        var passwordFile = folder["password"];
        await File.WriteAllTextAsync(passwordFile, Guid.NewGuid().ToString("N"));
        await SetUpAsync(environment, "--action", "init", "--skip-create", "--root-password-file", passwordFile);
        var said = await SetUpAsync(
            environment, "--action", "insert", "--datafile", Path.Combine(AppContext.BaseDirectory, "RequestTracker", "initialdata.pl"));
        var tokens = said.Split('\n').Select(line => line.Split(' ')).Where(words => words is ["token", _, _]).ToDictionary(words => words[1], words => words[2]);
        return tokens.Count > 0
            ? new RequestTrackerTemplate(DatabaseIn(folder.Path), tokens)
            : throw new InvalidOperationException($"Request Tracker's set-up made no tokens:\n{said}");
    }

    private static async Task<string> SetUpAsync(IReadOnlyDictionary<string, string?> environment, params IEnumerable<string> arguments)
    {
        await using var program = await ChildProcess.RunAsync(RequestTrackerServer.SetUpProgram, ["--force", .. arguments], environment: environment);
        return program.ExitCode == 0
            ? program.StandardOutput
            : throw new InvalidOperationException($"Request Tracker's set-up ended with exit code {program.ExitCode}:\n{program.Output}");
    }
}
