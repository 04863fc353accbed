using Smb1Exporter.Naming;
using Smb1Exporter.Tests.Support;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Naming;

[Collection(InOrder.Name)]
public sealed class NamesTests : IAsyncDisposable
{
    private const string Info = "smb1_client_info";
    private readonly ExporterHarness _exporter = new();

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    [Fact]
    public async Task A_client_gets_the_name_that_DNS_gives_it_on_metrics_and_page_and_keeps_it_over_a_restart()
    {
        _exporter.Names.Answers["192.168.1.214"] = Named("Scanner01.Contoso.Example.");
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("192.168.1.214"), _exporter.Attempt("10.0.0.1"), _exporter.Attempt("nas"));
        await WaitForNameAsync("scanner01.contoso.example");
        Assert.Contains(">scanner01.contoso.example</td>", await _exporter.GetTextAsync("/"), StringComparison.Ordinal);
        Assert.Equal(["192.168.1.214"], (await InfosAsync()).Select(sample => sample["client_address"]));

        await _exporter.StopAsync();
        _exporter.Names.Answers.Clear();
        await _exporter.StartAsync();
        Assert.Equal("scanner01.contoso.example", Assert.Single(await InfosAsync())["client_name"]);
        Assert.DoesNotContain("nas", _exporter.Names.Asked);
    }

    [Fact]
    public async Task A_name_is_no_label_of_the_counter()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("192.168.1.214") with { ClientName = "SCANNER01" });
        await WaitForNameAsync("scanner01");
        var counter = Assert.Single(PrometheusText.Parse(await _exporter.GetTextAsync("/metrics")).Of("smb1_connection_attempts_total"));
        Assert.DoesNotContain("client_name", counter.Labels.Keys);
    }

    [Fact]
    public async Task What_DNS_says_stands_before_what_the_client_says_and_what_is_no_name_is_no_name()
    {
        _exporter.Names.Answers["10.0.0.1"] = Named("pc1.contoso.example");
        _exporter.Names.Answers["10.0.0.2"] = Named("<script>");
        await _exporter.StartAsync();
        _exporter.Source.Say(
            _exporter.Attempt("10.0.0.1") with { ClientName = "LIAR" }, _exporter.Attempt("10.0.0.2") with { ClientName = "PC2" },
            _exporter.Attempt("10.0.0.3") with { ClientName = "a\nb" });
        await WaitForNameAsync("pc1.contoso.example");
        Assert.Equal(["pc1.contoso.example", "pc2"], (await InfosAsync()).Select(sample => sample["client_name"]).Order());
    }

    [Fact]
    public async Task A_DNS_that_does_not_answer_holds_up_no_count_and_no_other_name_for_long()
    {
        var never = new TaskCompletionSource<string?>();
        _exporter.Names.Answers["10.0.0.1"] = never.Task;
        _exporter.Names.Answers["10.0.0.2"] = Named("pc2");
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"), _exporter.Attempt("10.0.0.2"));
        await _exporter.WaitForAsync("smb1_tracked_clients", 2);
        await WaitForNameAsync("pc2");
        never.SetResult(null);
    }

    [Fact]
    public async Task At_most_four_questions_stay_open_however_many_get_no_answer()
    {
        var never = new TaskCompletionSource<string?>();
        string[] clients = [.. Enumerable.Range(1, 20).Select(i => $"10.0.0.{i}")];
        Array.ForEach(clients, client => _exporter.Names.Answers[client] = never.Task);
        await _exporter.StartAsync();
        _exporter.Source.Say([.. clients.Select(client => _exporter.Attempt(client))]);
        await AdvanceUntilAsync(() => Task.FromResult(_exporter.Names.Asked.Count == 4));
        for (var i = 0; i < 50; i++)
        {
            _exporter.Clock.Advance(NameWorker.Interval);
            await _exporter.GetTextAsync("/metrics");
        }

        Assert.Equal(4, _exporter.Names.Asked.Count);
        never.SetResult(null);
        await AdvanceUntilAsync(() => Task.FromResult(_exporter.Names.Asked.Distinct().Count() == 20));
    }

    [Fact]
    public async Task Switched_off_nothing_is_asked_taken_or_kept()
    {
        await _exporter.StartAsync();
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1") with { ClientName = "SCANNER01" });
        await WaitForNameAsync("scanner01");
        await _exporter.StopAsync();
        var asked = _exporter.Names.Asked.Count;

        await _exporter.StartAsync("--Exporter:ResolveNames=false");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.2") with { ClientName = "SCANNER02" });
        await _exporter.WaitForAsync("smb1_tracked_clients", 2);
        _exporter.Clock.Advance(NameSchedule.NameLifetime);
        Assert.Empty(await InfosAsync());
        Assert.Equal(asked, _exporter.Names.Asked.Count);
    }

    [Fact]
    public async Task A_forgotten_client_takes_its_name_with_it()
    {
        await _exporter.StartAsync("--Exporter:ClientRetention=01:00:00", "--Exporter:BirthHold=00:00:00");
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1") with { ClientName = "SCANNER01" });
        await WaitForNameAsync("scanner01");
        await _exporter.WaitForAsync("smb1_connection_attempts_total", 1, "10.0.0.1");
        await AdvanceUntilAsync(async () => await _exporter.ScrapeAsync("smb1_tracked_clients") == 0, TimeSpan.FromMinutes(61));
        Assert.Empty(await InfosAsync());
        _exporter.Source.Say(_exporter.Attempt("10.0.0.1"));
        await _exporter.WaitForAsync("smb1_tracked_clients", 1);
        Assert.Empty(await InfosAsync());
    }

    [Fact]
    public async Task Names_that_change_for_ever_never_end_in_the_overflow_series()
    {
        await _exporter.StartAsync("--Exporter:MaxClients=2");
        for (var round = 0; round < 20; round++)
        {
            _exporter.Clock.Advance(TimeSpan.FromDays(1));
            _exporter.Source.Say(_exporter.Attempt("10.0.0.1") with { ClientName = $"pc{round}" });
            await WaitForNameAsync($"pc{round}");
            Assert.Single(await InfosAsync());
            Assert.DoesNotContain("overflow", await _exporter.GetTextAsync("/metrics"), StringComparison.Ordinal);
        }
    }

    private static Task<string?> Named(string name) => Task.FromResult<string?>(name);

    private Task<bool> WaitForNameAsync(string name) =>
        AdvanceUntilAsync(async () => (await InfosAsync()).Any(sample => sample["client_name"] == name), TimeSpan.FromSeconds(2));

    private Task<bool> AdvanceUntilAsync(Func<Task<bool>> condition, TimeSpan? step = null) => Eventually.GetAsync(
        async () =>
        {
            _exporter.Clock.Advance(step ?? NameWorker.Pause);
            return await condition();
        },
        done => done,
        "the names");

    private async Task<IReadOnlyList<PrometheusSample>> InfosAsync() =>
        PrometheusText.Parse(await _exporter.GetTextAsync("/metrics")).Of(Info);
}
