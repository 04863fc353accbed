using System.Text.RegularExpressions;
using Smb1Exporter.EndToEnd.Tests.Alerts;
using Smb1Exporter.EndToEnd.Tests.Dashboards.History;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>Every query of every panel, and of every variable, asked of a real Prometheus that holds a known history.</summary>
public sealed partial class DashboardNumbersTests(DashboardNumbersTests.Filled filled) : IClassFixture<DashboardNumbersTests.Filled>
{
    private static readonly Asked Day = new(KnownFleet.Now, TimeSpan.FromDays(1));
    private static readonly Asked Month = new(KnownFleet.Now, TimeSpan.FromDays(30));

    /// <summary>What the readers of the fleet dashboard chose.</summary>
    public static TheoryData<string> FleetChoices => [.. Choices("smb1-fleet.json").Keys];

    [Fact]
    public void Every_query_has_an_expected_answer_and_the_other_way_round() =>
        Assert.Equal(
            ShippedFiles.Dashboards.SelectMany(dashboard => DashboardQuery.Of(dashboard.Value).Select(query => (dashboard.Key, query.Panel, query.RefId))).Order(),
            ExpectedAnswers.All.Keys.Order());

    [Theory, MemberData(nameof(FleetChoices))]
    public async Task The_numbers_of_the_fleet_are_right(string choice) =>
        await AssertRightAsync("smb1-fleet.json", Choices("smb1-fleet.json")[choice]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_numbers_of_each_server_are_right(int customer) => await AssertRightAsync("smb1-server.json", [..
        from server in KnownFleet.Servers
        where server.Customer == KnownFleet.Customers[customer]
        from asked in new[] { Day, Month }
        select asked with { Customers = [server.Customer], Server = server.HostName }]);

    [Theory]
    [InlineData("smb1-fleet.json")]
    [InlineData("smb1-server.json")]
    public async Task Customers_and_their_servers_can_be_chosen(string dashboard)
    {
        var queries = ShippedFiles.Dashboards[dashboard].GetProperty("templating").GetProperty("list").EnumerateArray()
            .Where(variable => variable.GetProperty("type").GetString() == "query")
            .ToDictionary(variable => variable.GetProperty("name").GetString()!, variable => variable.GetProperty("query").GetProperty("query").GetString()!);

        Assert.Equal(["customer", "server"], queries.Keys.Order());
        Assert.Equal(KnownFleet.Customers, await ValuesAsync(queries["customer"], Month));
        Assert.Equal(KnownFleet.Servers.Select(server => server.HostName).Distinct().Order(), await ValuesAsync(queries["server"], Month));

        // The server that fell silent ten days ago is offered where its time is shown, and not where it is not.
        var fabrikam = KnownFleet.Servers.Where(server => server.Customer == "Fabrikam").Select(server => server.HostName).Order().ToList();
        Assert.Equal(fabrikam, await ValuesAsync(queries["server"], Month with { Customers = ["Fabrikam"] }));
        Assert.Equal(fabrikam.Except(["FS08"]), await ValuesAsync(queries["server"], Day with { Customers = ["Fabrikam"] }));
    }

    private static Dictionary<string, Asked> Choices(string dashboard) => new()
    {
        [$"{dashboard}: all, a day"] = Day,
        [$"{dashboard}: all, a month"] = Month,
        [$"{dashboard}: one customer"] = Day with { Customers = ["Tailspin (Toys)"] },
        [$"{dashboard}: two customers, a month"] = Month with { Customers = ["Contoso", "Tailspin (Toys)"] },
        [$"{dashboard}: one server of every customer"] = Day with { Server = "FS09" },
        [$"{dashboard}: a server that there is not"] = Day with { Server = "FS99" },
    };

    private async Task AssertRightAsync(string dashboard, params IEnumerable<Asked> choices)
    {
        var wrong = new List<string>();
        foreach (var (asked, query) in choices.SelectMany(asked => DashboardQuery.Of(ShippedFiles.Dashboards[dashboard]).Select(query => (asked, query))))
        {
            var differences = await DifferencesAsync(dashboard, query, asked);
            if (differences.Count > 0)
            {
                wrong.Add($"{query.Panel} {query.RefId} ({asked}): {differences.Count} differences\n{string.Join('\n', differences.Take(5))}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private async Task<List<string>> DifferencesAsync(string dashboard, DashboardQuery query, Asked asked)
    {
        var range = query.OwnRange ?? asked.Range;
        var shown = asked with { Range = range };
        var step = query.Step(range);

        // Grafana begins and ends at whole steps.
        var end = query.IsRange ? DateTimeOffset.FromUnixTimeSeconds(shown.End.ToUnixTimeSeconds() / (long)step.TotalSeconds * (long)step.TotalSeconds) : shown.End;
        shown = shown with { End = end };
        var begin = query.IsRange ? end - range : end;
        var actual = query.IsRange
            ? await RangeAsync(shown.FillIn(query.Expression, step), begin, end, step)
            : await InstantAsync(shown.FillIn(query.Expression, step), end);
        var expected = new Answer();
        for (var time = begin; time <= end; time += step)
        {
            foreach (var value in ExpectedAnswers.All[(dashboard, query.Panel, query.RefId)](shown, time, step))
            {
                expected.Add(value.Labels, time.ToUnixTimeSeconds(), value.Value);
            }
        }

        return [.. actual.DifferencesTo(expected)];
    }

    private async Task<Answer> InstantAsync(string expression, DateTimeOffset time)
    {
        var answer = new Answer();
        foreach (var sample in await filled.Prometheus.QueryAsync(expression, time))
        {
            answer.Add(sample.Labels.Select(label => (label.Key, label.Value)), time.ToUnixTimeSeconds(), sample.Value);
        }

        return answer;
    }

    private async Task<Answer> RangeAsync(string expression, DateTimeOffset begin, DateTimeOffset end, TimeSpan step)
    {
        var answer = new Answer();
        foreach (var (series, points) in await filled.Prometheus.Server.QueryRangeAsync(expression, begin, end, step))
        {
            foreach (var (time, value) in points)
            {
                answer.Add(series.Labels.Select(label => (label.Key, label.Value)), time, value);
            }
        }

        return answer;
    }

    /// <summary>What Grafana offers for <c>label_values(selector, label)</c>.</summary>
    private async Task<IReadOnlyList<string>> ValuesAsync(string query, Asked asked)
    {
        var parts = LabelValues().Match(asked.FillIn(query, TimeSpan.Zero));
        Assert.True(parts.Success, query);
        return await filled.Prometheus.Server.LabelValuesAsync(parts.Groups[2].Value, parts.Groups[1].Value, asked.End - asked.Range, asked.End);
    }

    [GeneratedRegex(@"^label_values\((.*), (\w+)\)$")]
    private static partial Regex LabelValues();

    /// <summary>A Prometheus that holds the <see cref="KnownFleet"/> and what the rules recorded of it.</summary>
    public sealed class Filled : IAsyncLifetime
    {
        internal HistoricalPrometheus Prometheus { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Prometheus = await HistoricalPrometheus.StartAsync(
            HistorySamples.Of(KnownFleet.Servers),
            new(KnownFleet.Begin, KnownFleet.EveryMinuteFrom, TimeSpan.FromMinutes(30)),
            new(KnownFleet.EveryMinuteFrom.AddMinutes(5), KnownFleet.Now, TimeSpan.FromMinutes(1)));

        public ValueTask DisposeAsync() => Prometheus.DisposeAsync();
    }
}
