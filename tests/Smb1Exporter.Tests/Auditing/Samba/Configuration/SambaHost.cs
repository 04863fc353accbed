using System.Text;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>A running private smbd and the switch that is tried on it; a new one for each test.</summary>
internal sealed class SambaHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SambaHost(SambaOptions options) => Options = options;

    public SambaServer Server { get; private set; } = null!;

    public SambaOptions Options { get; }

    public static async Task<SambaHost> StartAsync(SambaServerOptions? server = null, Func<string, string>? auditLog = null)
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "needs root and Debian's samba and smbclient");
        var host = new SambaHost(new SambaOptions());
        try
        {
            host.Server = await SambaServer.StartAsync(host._folder.Path, server, TestContext.Current.CancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Options.ConfigFile = host.Server.ConfigFile;
        host.Options.AuditLog = auditLog is null ? host.Server.AuditLog : auditLog(host._folder.Path);
        return host;
    }

    /// <param name="around">What else happens around the programs that are run.</param>
    /// <param name="patience">Where the change is not to take effect: how long to wait for it.</param>
    public SambaAuditing Auditing(Func<IProcessRunner, IProcessRunner>? around = null, TimeSpan? patience = null)
    {
        IProcessRunner real = new ProcessRunner(TimeProvider.System);
        return new SambaAuditing(Options, around is null ? real : around(real), TimeProvider.System)
        {
            ReadBackLimit = patience ?? TimeSpan.FromSeconds(10),
        };
    }

    public string ReadConfig() => File.ReadAllText(Server.ConfigFile, Encoding.Latin1);

    /// <summary>Changes smb.conf behind smbd's back; smbd reads it with <see cref="ReloadAsync"/>.</summary>
    public void EditConfig(Func<string, string> edit) => File.WriteAllText(Server.ConfigFile, edit(ReadConfig()), Encoding.Latin1);

    public void AddToGlobal(string lines) => EditConfig(text => text.Replace("[share]", lines + "\n[share]", StringComparison.Ordinal));

    /// <summary>Has smbd read its configuration and waits until it shows in the level of auth_json_audit.</summary>
    public async Task ReloadAsync(int level)
    {
        var tools = new SambaTools(new ProcessRunner(TimeProvider.System), Server.ConfigFile);
        Assert.Null(await tools.ReloadAsync(TestContext.Current.CancellationToken));
        await Eventually.GetAsync(
            () => tools.GetSmbdStateAsync(TestContext.Current.CancellationToken), state => state.AuditLevel == level, "level of auth_json_audit");
    }

    public async Task<int?> GetLevelInForceAsync() =>
        (await new SambaTools(new ProcessRunner(TimeProvider.System), Server.ConfigFile).GetSmbdStateAsync(TestContext.Current.CancellationToken)).AuditLevel;

    /// <summary>Makes one SMB1 connection and returns the audit log once its record is there.</summary>
    public async Task<string> ConnectAndReadAuditAsync(string? log = null)
    {
        var client = await Server.ConnectSmb1Async(TestContext.Current.CancellationToken);
        Assert.True(client.ExitCode == 0, client.Output);
        log ??= Server.AuditLog;
        return await Eventually.GetAsync(
            () => Task.FromResult(File.Exists(log) ? File.ReadAllText(log) : ""),
            text => text.Contains("\"serviceDescription\": \"SMB\"", StringComparison.Ordinal),
            $"a record of SMB1 in {log}");
    }

    /// <summary>The names of what lies beside smb.conf because of us.</summary>
    public string[] Leftovers(string kind) => Directory.GetFileSystemEntries(_folder.Path, $"smb.conf.smb1-exporter-{kind}*");

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        _folder.Dispose();
    }
}
