using System.Diagnostics;
using Smb1Exporter.Auditing.Samba.Configuration;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

/// <summary>Whether a touched configuration is noticed, and an untouched one is not.</summary>
public sealed class ConfigurationFingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConfigurationFingerprint _fingerprint;

    public ConfigurationFingerprintTests()
    {
        _fingerprint = new ConfigurationFingerprint(_folder["smb.conf"], TimeProvider.System);
        Write("smb.conf", "[global]", $"include = {_folder["all.conf"]}", $"include = {_folder["none.conf"]}", $"include = {_folder["clients/%m/conf"]}");
        Write("all.conf", $"include = {_folder["deep.conf"]}");
        Write("deep.conf", "log level = 1");
        Write("clients/a/conf", "log level = 1");
        Write("clients/a/other", "");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_untouched_configuration_stays_the_same_for_every_reader()
    {
        var first = await ReadAsync();
        Write("clients/a/other", "of no account");
        Write("unrelated.conf", "");

        Assert.Equal(first, await ReadAsync());
        Assert.Equal(first, await new ConfigurationFingerprint(_folder["smb.conf"], TimeProvider.System).ReadAsync(Token));
    }

    [Theory]
    [InlineData("smb.conf")]
    [InlineData("all.conf")]
    [InlineData("deep.conf")]
    [InlineData("clients/a/conf")]
    public async Task A_file_that_is_changed_and_changed_back_between_two_looks_shows(string name)
    {
        var path = _folder[name];
        var first = await ReadAsync();
        var (text, written) = (File.ReadAllText(path), File.GetLastWriteTimeUtc(path));

        await ClockMovesAsync();
        File.WriteAllText(path, "[global]\n");
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, written);

        Assert.NotEqual(first, await ReadAsync());
    }

    [Theory]
    [InlineData("deep.conf")]
    [InlineData("clients/a/conf")]
    public async Task A_file_that_is_replaced_by_its_copy_shows(string name)
    {
        File.Copy(_folder[name], _folder["copy"]);
        var first = await ReadAsync();

        File.Move(_folder["copy"], _folder[name], overwrite: true);

        Assert.NotEqual(first, await ReadAsync());
    }

    [Theory]
    [InlineData("smb.conf")]
    [InlineData("deep.conf")]
    [InlineData("clients/a/conf")]
    public async Task A_file_that_is_removed_shows(string name)
    {
        var first = await ReadAsync();
        File.Delete(_folder[name]);
        Assert.NotEqual(first, await ReadAsync());
    }

    [Theory]
    [InlineData("none.conf")]
    [InlineData("clients/b/conf")]
    public async Task A_file_that_comes_into_being_shows_and_what_it_includes_is_watched(string name)
    {
        Write("more.conf", "");
        var first = await ReadAsync();

        Write(name, $"include = {_folder["more.conf"]}");
        var second = await ReadAsync();
        Write("more.conf", "log level = 0");
        var third = await ReadAsync();

        Assert.Equal(3, new HashSet<string> { first, second, third }.Count);
        Assert.Equal(third, await ReadAsync());
    }

    [Fact]
    public async Task A_change_of_the_registry_shows_where_it_is_part_of_the_configuration()
    {
        await using var host = await SambaHost.StartAsync();
        var fingerprint = new ConfigurationFingerprint(host.Server.ConfigFile, TimeProvider.System);
        host.AddToGlobal("include = registry");
        await host.Server.ReloadAsync(Token);
        var first = await fingerprint.ReadAsync(Token);

        await ClockMovesAsync();
        using (var net = Process.Start("net", [$"--configfile={host.Server.ConfigFile}", "conf", "setparm", "global", "log level", "2"]))
        {
            await net.WaitForExitAsync(Token);
        }

        Assert.NotEqual(first, await fingerprint.ReadAsync(Token));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_smb_conf_is_no_failure()
    {
        File.Delete(_folder["smb.conf"]);
        var first = await ReadAsync();
        Directory.CreateDirectory(_folder["smb.conf"]);

        Assert.NotEqual(first, await ReadAsync());
    }

    /// <summary>File systems take their time from a clock that moves in steps of some milliseconds.</summary>
    private async Task ClockMovesAsync()
    {
        File.WriteAllText(_folder["clock"], "");
        var before = File.GetLastWriteTimeUtc(_folder["clock"]);
        await Eventually.TrueAsync(
            () =>
            {
                File.WriteAllText(_folder["clock"], "");
                return File.GetLastWriteTimeUtc(_folder["clock"]) > before;
            },
            "a step of the file system's clock");
    }

    private Task<string> ReadAsync() => _fingerprint.ReadAsync(Token);

    private void Write(string name, params string[] lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], string.Join('\n', lines));
    }
}
