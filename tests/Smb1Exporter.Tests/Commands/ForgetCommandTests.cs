using System.Text;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Commands;
using Smb1Exporter.Configuration;
using Smb1Exporter.Hosting;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Commands;

[Collection(InOrder.Name)]
public sealed class ForgetCommandTests : IAsyncDisposable
{
    private readonly ExporterHarness _exporter = new();
    private readonly StoreHarness _stopped = new();
    private readonly TemporaryFolder _folder = new();

    public async ValueTask DisposeAsync()
    {
        await _exporter.DisposeAsync();
        _stopped.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "cannot be a client: it is empty. Name it as client_address shows it, such as 192.168.1.214.")]
    [InlineData("10.0.0.1\n", "cannot be a client: it holds control or formatting characters.")]
    [InlineData("Other", "\"other\" is no client: it counts those that found no place under Exporter:MaxClients")]
    [InlineData("unknown", "\"unknown\" is no client: it counts attempts whose record names no client")]
    public async Task What_is_no_client_is_refused_with_the_reason(string client, string message)
    {
        _stopped.Apply(_stopped.Attempt("10.0.0.1"), _stopped.Attempt(""));
        _stopped.Restart();
        var (code, output, error) = await RunAsync(_stopped.Options.StateFile, client);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Equal(1, _stopped.TotalOf("unknown"));
    }

    [Fact]
    public async Task Without_a_client_the_usage_is_told()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        Assert.Equal(1, await CommandLine.RunAsync(["forget"], output, error));
        Assert.Contains("See --help.", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_file_that_is_not_there_is_told_and_not_made()
    {
        var (code, _, error) = await RunAsync(_folder["state.db"], "10.0.0.1");
        Assert.Equal(1, code);
        Assert.Contains($"There is no state file {_folder["state.db"]}. Name that of the exporter", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_stopped_exporter_forgets_the_client_and_nothing_else_and_no_byte_of_its_address_stays()
    {
        _stopped.Watch(TimeSpan.FromMinutes(1));
        _stopped.Apply(_stopped.Attempt("172.31.254.253"), _stopped.Attempt("10.0.0.2"));
        var before = _stopped.Store.Current;
        _stopped.Restart();
        File.WriteAllText(_folder["settings.json"], $$"""{"Exporter": {"StateFile": "{{_stopped.Options.StateFile}}"} }""");

        Assert.Equal((0, $"172.31.254.253 is forgotten.{Stopped}", ""), await RunAsync(null, "::FFFF:172.31.254.253", "--config", _folder["settings.json"]));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_stopped.Options.StateFile)!))
        {
            Assert.False((await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).AsSpan().IndexOf("172.31.254.253"u8) >= 0, file);
        }

        Assert.Equal((0, 1), (_stopped.TotalOf("172.31.254.253"), _stopped.TotalOf("10.0.0.2")));
        Assert.Equal((before.LastAttempt, 0, 1), (_stopped.Store.Current.LastAttempt, _stopped.Store.Current.Gaps.Total, _stopped.Store.Current.TrackedClients));
        Assert.Equal(before.CoverageHistory, _stopped.Store.Current.CoverageHistory);
    }

    [Fact]
    public async Task A_client_that_is_not_known_is_told_and_whom_the_name_stands_for()
    {
        _stopped.Apply(_stopped.Attempt("10.0.0.1") with { ClientName = "SCANNER01" });
        _stopped.Restart();
        Assert.Equal(
            (1, $"10.0.0.9 is not known, and nothing was changed. Name it as client_address shows it.{Stopped}", ""),
            await RunAsync(_stopped.Options.StateFile, "10.0.0.9"));
        Assert.Equal(
            (1, $"scanner01 is not known, and nothing was changed. It is the name of 10.0.0.1: clients are forgotten by address.{Stopped}", ""),
            await RunAsync(_stopped.Options.StateFile, "Scanner01"));
    }

    [Fact]
    public async Task A_running_exporter_forgets_the_client_whose_place_the_next_one_gets()
    {
        await _exporter.StartAsync("--Exporter:MaxClients=2", "--Exporter:BirthHold=00:00:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 5), _exporter.Attempt("10.0.0.2"), _exporter.Attempt("10.0.0.3"));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 1, "other");

        Assert.Equal((0, $"10.0.0.1 is forgotten; 1 of 2 places are taken.{Environment.NewLine}", ""), await AskAsync("10.0.0.1"));
        Assert.Null(await _exporter.ScrapeAsync("smb1_connection_attempts_total", "10.0.0.1"));
        Assert.Equal(1, await _exporter.ScrapeAsync("smb1_tracked_clients"));
        await _exporter.WhenLoggedAsync(record => record.Message == "Asked by a command on this server to forget 10.0.0.1: done", "that it was asked");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.3"), _exporter.Attempt("10.0.0.1"));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 1, "10.0.0.3");
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 2, "other");

        Assert.Equal((1, $"10.0.0.1 is not known, and nothing was changed. Name it as client_address shows it.{Environment.NewLine}", ""), await AskAsync("10.0.0.1"));
    }

    [Fact]
    public async Task A_forgotten_client_that_comes_back_is_counted_from_zero_and_held_as_a_new_one()
    {
        await _exporter.StartAsync("--Exporter:BirthHold=00:02:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 5));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 0, "10.0.0.1");
        _exporter.Clock.Advance(TimeSpan.FromMinutes(2));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 5, "10.0.0.1");

        Assert.Equal(0, (await AskAsync("10.0.0.1")).Code);
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1", 2));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 0, "10.0.0.1");
        _exporter.Clock.Advance(TimeSpan.FromMinutes(2));
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 2, "10.0.0.1");
    }

    [Fact]
    public async Task What_a_running_exporter_was_asked_leaves_the_file()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("172.31.254.253"));
        await _exporter.WaitForAsync("smb1_tracked_clients", 1);
        Assert.Equal(0, (await AskAsync("172.31.254.253")).Code);
        foreach (var file in new[] { _exporter.StateFile, $"{_exporter.StateFile}-wal" })
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await open.CopyToAsync(content, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("172.31.254.253", Encoding.Latin1.GetString(content.ToArray()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_exporter_that_does_not_answer_is_told_and_the_request_is_taken_back()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await _exporter.WaitForAsync("smb1_tracked_clients", 1);
        await _exporter.Sleepers.SleepingAsync(CoverageWorker.Interval);
        var clock = new FakeTimeProvider();
        var asked = ForgetCommand.RunAsync(
            null, SettingArguments.Split([$"--Exporter:StateFile={_exporter.StateFile}"], Settings.Section).Settings, "10.0.0.1", TextWriter.Null,
            TestContext.Current.CancellationToken, clock);
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return asked.IsCompleted;
            },
            "the command gives up");

        var e = await Assert.ThrowsAsync<StartupException>(() => asked);
        Assert.Contains($"The smb1-exporter that uses {_exporter.StateFile} did not answer within 30 s, so it did not forget 10.0.0.1.", e.Message, StringComparison.Ordinal);
        _exporter.Clock.Advance(CoverageWorker.Interval);
        await _exporter.Sleepers.SleepingAsync(CoverageWorker.Interval);
        Assert.Equal(1, await _exporter.ScrapeAsync("smb1_tracked_clients"));
    }

    [Fact]
    public async Task A_damaged_file_is_left_for_the_exporter_to_find()
    {
        _stopped.Apply(_stopped.Attempt("10.0.0.1"));
        _stopped.Restart();
        var bytes = (await File.ReadAllBytesAsync(_stopped.Options.StateFile, TestContext.Current.CancellationToken))[..50];
        await File.WriteAllBytesAsync(_stopped.Options.StateFile, bytes, TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync(_stopped.Options.StateFile, "10.0.0.1");
        Assert.Equal(1, code);
        Assert.Contains("is damaged, and nothing was changed", error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_stopped.Options.StateFile, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_older_copy_is_left_for_the_exporter_to_find()
    {
        _stopped.Apply(_stopped.Attempt("10.0.0.1"));
        _stopped.Restart();
        var older = await File.ReadAllBytesAsync(_stopped.Options.StateFile, TestContext.Current.CancellationToken);
        _stopped.Apply(_stopped.Attempt("10.0.0.1"));
        _stopped.Restart();
        await File.WriteAllBytesAsync(_stopped.Options.StateFile, older, TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync(_stopped.Options.StateFile, "10.0.0.1");
        Assert.Equal(1, code);
        Assert.Contains("is an older copy of itself", error, StringComparison.Ordinal);
        Assert.Equal((1, 1), (_stopped.TotalOf("10.0.0.1"), _stopped.Store.Current.Gaps.Total));
    }

    [Fact]
    public async Task A_file_that_this_account_may_not_use_is_told_with_the_remedy()
    {
        _stopped.Apply(_stopped.Attempt("10.0.0.1"));
        _stopped.Restart();

        // Root may open every file, but no folder as one.
        File.Delete($"{_stopped.Options.StateFile}.lock");
        Directory.CreateDirectory($"{_stopped.Options.StateFile}.lock");
        var (code, _, error) = await RunAsync(_stopped.Options.StateFile, "10.0.0.1");
        Assert.Equal(1, code);
        Assert.Contains("Run forget as the account that runs smb1-exporter, or as administrator or root.", error, StringComparison.Ordinal);
    }

    private string Stopped => $" No smb1-exporter runs with {_stopped.Options.StateFile}; if one does with another file, name that.{Environment.NewLine}";

    /// <summary>Asks the running exporter, whose clock goes on meanwhile.</summary>
    private async Task<(int Code, string Output, string Error)> AskAsync(string client)
    {
        var asked = RunAsync(_exporter.StateFile, client);
        await Eventually.TrueAsync(
            () =>
            {
                _exporter.Clock.Advance(TimeSpan.FromSeconds(1));
                return asked.IsCompleted;
            },
            "the exporter answers");
        return await asked;
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string? stateFile, string client, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(
            ["forget", client, .. stateFile is null ? (string[])[] : [$"--Exporter:StateFile={stateFile}"], .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
