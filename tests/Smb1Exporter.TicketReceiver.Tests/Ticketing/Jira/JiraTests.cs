using System.Globalization;
using System.Net;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Jira;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Jira;

/// <summary>What is particular to Jira.</summary>
public sealed class JiraTests
{
    private const string Key = "smb1-0123456789abcdef0123456789abcdef";

    public static TheoryData<string> Kinds => [nameof(JiraKind.Cloud), nameof(JiraKind.DataCenter)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{noformat} *bold* [~admin] {noformat}")]
    [InlineData("{NoFormat}[~admin]")]
    [InlineData("{code:title=x|bgColor=red}[link|http://evil.example]{code}")]
    [InlineData("{noformat:title=a}h1. x")]
    [InlineData("[~[~admin]] !http://evil.example/x.png! \\\\ {color:red}x{color}")]
    [InlineData("@admin [~accountid:5b10ac8d82e05b22cc7d4ef5]")]
    public async Task Markup_in_a_name_stays_text_and_nobody_is_mentioned(string hostile)
    {
        foreach (var kind in Enum.GetValues<JiraKind>())
        {
            await using var fixture = await JiraFixture.StartAsync(kind);
            var jira = SystemOf(fixture);
            var message = Message(body: $"SMB1 Traffic detected on {hostile}\\FS01\n\nh1. {hostile}\n* x");
            var reference = await DoneAsync(jira.CreateAsync(message, Cancellation));
            await DoneAsync(jira.AddNoteAsync(reference!, message, Cancellation));

            // The fixture fails when markup took effect.
            var ticket = Assert.Single(await fixture.TicketsAsync());
            Assert.All(ticket.Notes.Prepend(ticket.Body), text =>
            {
                Assert.Equal(message.Body.Replace(" ", "", StringComparison.Ordinal), text.Replace(" ", "", StringComparison.Ordinal).Replace($"\n\n{message.Mark.Replace(" ", "", StringComparison.Ordinal)}", "", StringComparison.Ordinal));
                Assert.Contains("\n\nh1. ", text, StringComparison.Ordinal);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_issue_is_found_on_any_page_and_so_is_the_note(string kind)
    {
        await using var fixture = await JiraFixture.StartAsync(Enum.Parse<JiraKind>(kind), customField: true);
        fixture.Jira.IndexLag = TimeSpan.Zero;
        fixture.Jira.LongestPage = 2;
        var jira = SystemOf(fixture);

        // A phrase search also finds issues whose field holds more than the key.
        for (var other = 0; other < 5; other++)
        {
            fixture.Jira.Add("OTHER", "copied by a technician", [], $"{Key}, see the other issue");
        }

        var issue = fixture.Jira.Add("OTHER", "ours", [], Key);
        var id = issue.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(id, await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, null), Cancellation)));

        var message = Message();
        await DoneAsync(jira.AddNoteAsync(id, message, Cancellation));
        for (var comment = 0; comment < 5; comment++)
        {
            fixture.Jira.AddComment(id, "Looking into it");
        }

        Assert.Equal(id, await DoneAsync(jira.FindNoteAsync(id, message, Cancellation)));
        Assert.Null(await DoneAsync(jira.FindNoteAsync(id, message with { DeliveryId = "ffffffffffffffff" }, Cancellation)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Many_issue_types_and_fields_are_all_looked_at(string kind)
    {
        await using var fixture = await JiraFixture.StartAsync(Enum.Parse<JiraKind>(kind));
        fixture.Jira.LongestPage = 3;
        fixture.Jira.Projects["CON"].IssueTypes.InsertRange(0, ["Epic", "Story", "Subtask", "Incident", "Change"]);

        Assert.Empty(await SystemOf(fixture).CheckAsync(Cancellation));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Strangers_that_a_search_brings_are_never_taken(string kind)
    {
        await using var fixture = await JiraFixture.StartAsync(Enum.Parse<JiraKind>(kind));
        fixture.Jira.IndexLag = TimeSpan.Zero;
        fixture.Jira.FindsAnything = true;
        fixture.Jira.Add("OTHER", "somebody else's", ["urgent"]);

        var wrong = await Assert.ThrowsAsync<TicketingException>(() => SystemOf(fixture).FindOpenAsync(new TicketSearch(Key, null), Cancellation));
        Assert.IsType<TicketingOutcome.RetryLater>(wrong.Outcome);
        Assert.Contains("OTHER-1", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("labels", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x\" OR project = \"OTHER", false)]
    [InlineData("x\\\" OR project = \"OTHER", false)]
    [InlineData("x\" OR project = \"OTHER", true)]
    [InlineData("x\\\\\\\" OR project = \"OTHER\\", true)]
    public async Task A_key_cannot_break_out_of_the_query(string key, bool customField)
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud, customField);
        fixture.Jira.IndexLag = TimeSpan.Zero;
        fixture.Jira.Add("OTHER", "somebody else's", ["urgent"], "text");

        Assert.Null(await DoneAsync(SystemOf(fixture).FindOpenAsync(new TicketSearch(key, null), Cancellation)));
    }

    [Fact]
    public async Task A_search_that_lags_behind_brings_back_neither_a_closed_issue_nor_a_second_one()
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);
        var jira = SystemOf(fixture);
        var reference = await DoneAsync(jira.CreateAsync(Message(), Cancellation));
        fixture.Jira.IndexLag = TimeSpan.Zero;
        Assert.Equal(reference, await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, null), Cancellation)));

        // From here on the search shows nothing that happens.
        fixture.Jira.IndexLag = TimeSpan.FromDays(1);
        Assert.Equal(reference, await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, reference), Cancellation)));
        await fixture.CloseAsync(reference!);
        Assert.Null(await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, reference), Cancellation)));
        Assert.Contains($"\"reconcileIssues\":[{reference}]", fixture.Jira.Seen[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_that_still_shows_several_closed_issues_as_open_brings_back_none_of_them()
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);
        fixture.Jira.IndexLag = TimeSpan.Zero;
        var jira = SystemOf(fixture);
        var first = await DoneAsync(jira.CreateAsync(Message(), Cancellation));
        var second = await DoneAsync(jira.CreateAsync(Message(), Cancellation));
        Assert.Equal(first, await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, null), Cancellation)));

        fixture.Jira.StopIndexing();
        await fixture.CloseAsync(first!);
        await fixture.CloseAsync(second!);
        Assert.Null(await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, second), Cancellation)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_moved_issue_keeps_its_reference_and_a_taken_away_key_ends_it(string kind)
    {
        await using var fixture = await JiraFixture.StartAsync(Enum.Parse<JiraKind>(kind));
        fixture.Jira.IndexLag = TimeSpan.Zero;
        var jira = SystemOf(fixture);
        var reference = await DoneAsync(jira.CreateAsync(Message(), Cancellation));
        await fixture.MoveAsync(reference!);
        Assert.Equal(reference, await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, reference), Cancellation)));
        Assert.StartsWith("OTHER-", Assert.Single(fixture.Jira.Issues).Key, StringComparison.Ordinal);

        fixture.Jira.Change(reference!, issue => issue.Labels.Clear());
        Assert.Null(await DoneAsync(jira.FindOpenAsync(new TicketSearch(Key, reference), Cancellation)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Texts_at_the_limit_are_taken_and_keep_their_mark(string kind)
    {
        await using var fixture = await JiraFixture.StartAsync(Enum.Parse<JiraKind>(kind));
        var jira = SystemOf(fixture);
        foreach (var line in new[] { new string('x', 40000), string.Join('\n', Enumerable.Repeat("\"quoted\" [~a] 👩‍🚒", 5000)), new string('\n', 40000) })
        {
            var message = Message(body: line);
            var reference = await DoneAsync(jira.CreateAsync(message, Cancellation));
            await DoneAsync(jira.AddNoteAsync(reference!, message, Cancellation));
            Assert.Equal(reference, await DoneAsync(jira.FindNoteAsync(reference!, message, Cancellation)));
        }
    }

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public async Task Notes_are_internal_unless_the_settings_say_otherwise(string publicNotes, bool expected)
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);
        var jira = SystemOf(fixture, ("Receiver:Jira:PublicNotes", publicNotes));
        var reference = await DoneAsync(jira.CreateAsync(Message(), Cancellation));
        await DoneAsync(jira.AddNoteAsync(reference!, Message(), Cancellation));

        Assert.Equal(expected, Assert.Single(Assert.Single(fixture.Jira.Issues).Comments).Internal);
    }

    [Fact]
    public async Task A_note_on_a_deleted_issue_is_for_later_at_once()
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);

        var outcome = await SystemOf(fixture).AddNoteAsync("4711", Message(), Cancellation);

        Assert.Equal(TimeSpan.Zero, Assert.IsType<TicketingOutcome.RetryLater>(outcome).After);
    }

    [Fact]
    public async Task The_preview_shows_every_request_and_no_secret_and_sends_nothing()
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);
        var preview = string.Join("\n\n", SystemOf(fixture).Preview(Message(), Message()).Select(request => $"{request.Purpose}\n{request.Text}"));

        Assert.Contains($"POST {fixture.Jira.Address}rest/api/3/search/jql", preview, StringComparison.Ordinal);
        Assert.Contains($"POST {fixture.Jira.Address}rest/api/3/issue\n", preview, StringComparison.Ordinal);
        Assert.Contains("/comment", preview, StringComparison.Ordinal);
        Assert.Contains(Key, preview, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, preview, StringComparison.Ordinal));
        Assert.Empty(fixture.Jira.Seen);
    }

    [Theory]
    [InlineData("Receiver:Jira:Url", "", "Receiver:Jira:Url: is missing")]
    [InlineData("Receiver:Jira:Url", "ftp://jira.example", "Receiver:Jira:Url: 'ftp://jira.example' is not an address")]
    [InlineData("Receiver:Jira:TokenFile", "", "Receiver:Jira:TokenFile: is missing")]
    [InlineData("Receiver:Jira:Token", "abc", "Receiver:Jira:Token: a secret may stand in the environment")]
    [InlineData("Receiver:Jira:User", "", "Receiver:Jira:User: is missing")]
    [InlineData("Receiver:Jira:User", "a:b", "Receiver:Jira:User: holds a colon")]
    [InlineData("Receiver:Jira:Kind", "DataCenter", "Receiver:Jira:User: is not used")]
    [InlineData("Receiver:Jira:KeyField", "SMB1 key", "Receiver:Jira:KeyField: 'SMB1 key' is not labels")]
    [InlineData("Receiver:CatchAll:Board", "", "Receiver:CatchAll:Board: is missing")]
    [InlineData("Receiver:CatchAll:Company", "x", "Receiver:CatchAll:Company: is not used by Jira")]
    [InlineData("Receiver:Jira:Tokn", "x", "Did you mean Receiver:Jira:Token")]
    public async Task A_wrong_setting_is_told_at_the_start(string key, string value, string message)
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);

        var wrong = Assert.Throws<StartupException>(() => SystemOf(fixture, (key, value)));

        Assert.Contains(message, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_Jira_are_known_while_another_system_is_used()
    {
        await using var receiver = await RunningReceiver.StartAsync(("Receiver:Jira:Url", "https://example.atlassian.net"));

        using var response = await receiver.Client.GetAsync("/-/healthy", Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"issues\":{}}")]
    [InlineData("{\"issues\":[1]}")]
    [InlineData("{\"issues\":[{\"id\":1}]}")]
    [InlineData("{\"issues\":[{\"id\":\"1\",\"key\":\"A-1\",\"fields\":{\"status\":null}}]}")]
    public async Task An_answer_of_another_shape_is_for_later(string answer)
    {
        await using var fixture = await JiraFixture.StartAsync(JiraKind.Cloud);
        fixture.Jira.SearchAnswer = answer;

        var wrong = await Assert.ThrowsAsync<TicketingException>(() => SystemOf(fixture).FindOpenAsync(new TicketSearch(Key, null), Cancellation));

        Assert.IsType<TicketingOutcome.RetryLater>(wrong.Outcome);
    }

    private static ITicketingSystem SystemOf(ITicketingFixture fixture, params (string Key, string Value)[] settings) =>
        TicketingSystems.Of(fixture, settings);

    private static TicketMessage Message(string subject = "SMB1 Traffic Detected on FS01", string body = "SMB1 Traffic detected on Contoso\\FS01 in the past 1 hour.") =>
        new(1, "0123456789abcdef", Key, "Contoso", "FS01", subject, body, new TicketRoute(null, "CON", null, null, null));

    private static async Task<string?> DoneAsync(Task<TicketingOutcome> outcome) => Assert.IsType<TicketingOutcome.Done>(await outcome).Reference;
}
