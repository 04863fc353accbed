using Smb1Exporter.State;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.Counting;

/// <summary>Each name of a client is another series of smb1_client_info: it gets one a day at the most.</summary>
public sealed class ShownNameTests : IDisposable
{
    private const string Client = "10.0.0.1";
    private readonly StoreHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_with_another_name_at_each_connection_gets_one_a_day_however_often_the_exporter_is_restarted(bool alternates)
    {
        var shown = new List<string?>();
        for (var hour = 0; hour < 72; hour++)
        {
            Connect($"pc{(alternates ? hour % 2 : hour)}");
            shown.Add(Name);
            _harness.Restart();
            _harness.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(3, Changes(shown));
        Assert.All(shown, Assert.NotNull);
    }

    [Fact]
    public void DNS_that_answers_otherwise_each_hour_gives_one_name_a_day_too_and_so_do_both_together()
    {
        var shown = new List<string?>();
        Answer("pc0");
        for (var hour = 0; hour < 72; hour++)
        {
            Connect($"liar{hour}");
            Answer(hour % 3 == 0 ? null : $"pc{hour}");
            shown.Add(Name);
            if (hour % 5 == 0)
            {
                _harness.Restart();
            }

            _harness.Clock.Advance(TimeSpan.FromHours(1));
        }

        // Of the first day: what the client said, and what DNS says of a client that it was never asked about before.
        Assert.InRange(Changes(shown), 1, 4);
    }

    [Fact]
    public void The_first_answer_of_DNS_takes_the_place_of_what_the_client_said_at_once()
    {
        Connect("liar");
        Assert.Equal("liar", Name);
        Answer("pc1.contoso.example");
        Assert.Equal("pc1.contoso.example", Name);
        Connect("liar2");
        Assert.Equal("pc1.contoso.example", Name);
    }

    [Fact]
    public void A_name_that_comes_too_early_is_shown_after_a_day_if_it_stays()
    {
        Connect("old");
        _harness.Clock.Advance(TimeSpan.FromHours(1));
        Connect("new");
        Assert.Equal("old", Name);
        _harness.Clock.Advance(TimeSpan.FromHours(23));
        Connect("new");
        Assert.Equal("new", Name);
    }

    [Fact]
    public void A_name_that_DNS_takes_back_goes_after_a_day_and_one_of_a_DNS_that_does_not_answer_stays()
    {
        Connect(null);
        Answer("pc1");
        _harness.Clock.Advance(TimeSpan.FromHours(25));
        _harness.Store.SetNames([new NameAnswer(Client, null, _harness.Now, IsUnanswered: true)]);
        Assert.Equal("pc1", Name);
        Answer(null);
        Assert.Null(Name);
        Answer("pc2");
        Assert.Equal("pc2", Name);
    }

    [Fact]
    public void A_clock_that_was_set_while_the_exporter_did_not_run_keeps_no_name_for_ever()
    {
        _harness.Clock.SetClockForward(TimeSpan.FromDays(400));
        Connect("old");
        _harness.Restart();
        _harness.Clock.SetClockForward(TimeSpan.FromDays(-400));
        Connect("new");
        Assert.Equal("new", Name);
    }

    private string? Name => _harness.Store.Current.Clients.Single(client => client.Address == Client).Name;

    private void Connect(string? name) => _harness.Apply(_harness.Attempt(Client) with { ClientName = name });

    private void Answer(string? name)
    {
        if (_harness.TotalOf(Client) == 0)
        {
            Connect(null);
        }

        _harness.Store.SetNames([new NameAnswer(Client, name, _harness.Now)]);
    }

    private static int Changes(IReadOnlyList<string?> shown) => 1 + shown.Zip(shown.Skip(1)).Count(pair => pair.First != pair.Second && pair.Second is not null);
}
