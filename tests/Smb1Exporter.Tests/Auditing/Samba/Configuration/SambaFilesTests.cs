using System.Diagnostics;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.Tests.Auditing.Samba.Following;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>An smb.conf, or what it includes, that is no ordinary file.</summary>
public sealed class SambaFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ConfigFile => _folder["smb.conf"];

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public async Task A_pipe_in_the_place_of_smb_conf_is_told_and_nobody_waits_for_it()
    {
        MakePipe(ConfigFile);

        await IsToldAsync($"{ConfigFile} cannot be read: it is a pipe, not a regular file", "Exporter:Samba:ConfigFile");
    }

    [LinuxFact]
    public async Task A_pipe_behind_a_link_is_told()
    {
        MakePipe(_folder["pipe"]);
        File.CreateSymbolicLink(ConfigFile, "pipe");

        await IsToldAsync("it is a pipe");
    }

    [LinuxFact]
    public async Task A_directory_in_the_place_of_smb_conf_is_told()
    {
        Directory.CreateDirectory(ConfigFile);

        await IsToldAsync("it is a directory");
    }

    [LinuxFact]
    public async Task A_device_in_the_place_of_smb_conf_is_told()
    {
        File.CreateSymbolicLink(ConfigFile, "/dev/zero");

        await IsToldAsync("it is a device");
    }

    [LinuxFact]
    public async Task An_smb_conf_larger_than_any_real_one_is_told()
    {
        using (var file = File.Create(ConfigFile))
        {
            file.SetLength(ConfigurationReader.LargestFile + 1);
        }

        await IsToldAsync("it is larger than 16 MiB");
    }

    [LinuxTheory]
    [InlineData("[global]\ninclude = {0}\n")]
    [InlineData("[global]\nconfig file = {0}\n")]
    [InlineData("[global]\n[share]\npath = /srv\n  include={0}\n")]
    public async Task A_pipe_that_is_included_is_told(string conf)
    {
        MakePipe(_folder["included"]);
        File.WriteAllText(ConfigFile, conf.Replace("{0}", _folder["included"], StringComparison.Ordinal));

        await IsToldAsync($"{_folder["included"]}, which {ConfigFile} includes, is a pipe", "put a regular file in its place");
    }

    [LinuxFact]
    public async Task A_pipe_that_an_included_file_includes_is_told()
    {
        MakePipe(_folder["inner"]);
        File.WriteAllText(_folder["outer"], $"include = {_folder["inner"]}\n");
        File.WriteAllText(ConfigFile, $"[global]\ninclude = {_folder["outer"]}\n");

        await IsToldAsync($"{_folder["inner"]}, which {_folder["outer"]} includes, is a pipe");
    }

    [LinuxFact]
    public async Task What_Samba_passes_over_is_no_fault()
    {
        File.WriteAllText(
            ConfigFile,
            $"[global]\ninclude = /dev/null\ninclude = {_folder["none"]}\ninclude = {_folder.Path}\ninclude = {_folder["%m"]}\ninclude = registry\n"
            + $"include = {ConfigFile}\n");

        var (conf, error) = await new SambaFiles(ConfigFile, TimeProvider.System).ReadAsync(SmbConfSubstitutions.OfHost, Token);

        Assert.NotNull(conf);
        Assert.Equal("", error);
    }

    private static void MakePipe(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private async Task IsToldAsync(params string[] says)
    {
        var auditing = new SambaAuditing(new SambaOptions { ConfigFile = ConfigFile }, new NoProcesses(), TimeProvider.System);

        var state = await auditing.InspectAsync(Token);
        var outcome = await auditing.EnableAsync(Token);

        Assert.Equal((null, null), (state.ServerEnabled, state.AuditingEnabled));
        Assert.False(outcome.Enabled);
        Assert.All(says, said =>
        {
            Assert.Contains(said, state.Detail, StringComparison.Ordinal);
            Assert.Contains(said, outcome.Detail, StringComparison.Ordinal);
        });
        Assert.Equal(AuditLogPath.Default, await auditing.GetAuditLogAsync(Token));
    }

    /// <summary>A program that would wait for the pipe, where nobody does.</summary>
    private sealed class NoProcesses : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(
            string fileName, IReadOnlyList<string> arguments, TimeSpan timeout, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"{fileName} was run");
    }
}
