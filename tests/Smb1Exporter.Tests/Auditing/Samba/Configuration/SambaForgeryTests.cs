using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>Whether clients can put text of their own into the audit's file.</summary>
public sealed class SambaForgeryTests
{
    private const string GeneralLog = "/var/log/samba/log.smbd";

    [Theory]
    [InlineData("2 auth_json_audit:5", "log level = 2")]
    [InlineData("10", "log level = 10")]
    [InlineData("1 auth_json_audit:5 smb:2", "log level = smb:2")]
    [InlineData("1 all:3 auth_json_audit:5 auth:2", "log level = all:3 auth:2")]
    [InlineData("2 auth_json_audit:5@/var/log/samba/log.smbd", "log level = 2")]
    [InlineData("0 auth_json_audit:5@/var/log/samba/audit.log smb:3@/var/log/samba/audit.log", "log level = smb:3")]
    [InlineData("0 auth_json_audit:5@/var/log/samba/log.%m smb:2@/var/log/samba/log.%m", "log level = smb:2")]
    public async Task Messages_of_others_in_the_same_file_are_told(string level, string says)
    {
        var warning = await FindAsync(level);

        Assert.Contains(says, warning, StringComparison.Ordinal);
        Assert.Contains("forge", warning, StringComparison.Ordinal);
        Assert.Contains("auth_json_audit:5@/var/log/samba/smb1_audit.json", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 auth_json_audit:5")]
    [InlineData("1 auth_json_audit:5 smb:1")]
    [InlineData("1 auth_json_audit:5 dsdb_json_audit:5")]
    [InlineData("3 auth_json_audit:5@/var/log/samba/audit.log")]
    [InlineData("3 auth_json_audit:5@/var/log/samba/audit.log smb:4@/var/log/samba/smb.log")]
    [InlineData("1 auth_json_audit:5 smb:4@/var/log/samba/smb.log")]
    [InlineData("3 auth_json_audit:3")]
    public async Task An_audit_that_stands_alone_or_is_off_is_not(string level) => Assert.Null(await FindAsync(level));

    private static async Task<string?> FindAsync(string level)
    {
        var configuration = new SambaConfiguration(new SambaOptions(), new GeneralLogOnly(), TimeProvider.System);
        var conf = SmbConf.Parse($"[global]\nlog level = {level}\n");
        var token = TestContext.Current.CancellationToken;
        return await configuration.FindForgeryAsync(conf, await configuration.Logs.FindAsync(conf, token), token);
    }

    /// <summary>A Samba that does not run, and whose testparm names its general log.</summary>
    private sealed class GeneralLogOnly : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(
            string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
            Task.FromResult((fileName, arguments[1]) switch
            {
                ("testparm", "--parameter-name=log file") => new ProcessResult(0, $"{GeneralLog}\n", ""),
                _ => new ProcessResult(1, "", "Can't find pid for destination 'smbd'"),
            });
    }
}
