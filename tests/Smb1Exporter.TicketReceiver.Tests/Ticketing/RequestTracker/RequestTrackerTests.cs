using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.RequestTracker;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.RequestTracker;

/// <summary>What is particular to Request Tracker, on a real one.</summary>
public sealed class RequestTrackerTests
{
    private static readonly TicketMessage Message = new(
        1, "0123456789abcdef", "smb1-0123", "Contoso", "FS01", "SMB1 Traffic Detected on FS01", "Text\nof two lines", new TicketRoute(null, null, "Contoso", null, null));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("O'Key")]
    [InlineData("Ключ")]
    [InlineData("x' OR id > 0 OR 'y")]
    public Task The_key_s_field_may_have_any_name_and_the_search_finds_no_stranger(string field) => FieldMayHaveNameAsync(field);

    // Each row starts a server.
    [Theory, Trait(Length.Trait, Length.IsLong)]
    [InlineData("Key \"2\"")]
    [InlineData("Key.Name")]
    [InlineData("back\\slash\\")]
    [InlineData("a,b")]
    public Task The_key_s_field_may_have_any_of_further_names_and_the_search_finds_no_stranger(string field) => FieldMayHaveNameAsync(field);

    [Fact]
    public async Task A_queue_may_have_any_name_and_priority_and_requestor_arrive()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var route = new TicketRoute(null, null, "Étage \"2\"'s \\", "50", "it@contoso.example, root");
        var system = SystemOf(fixture, route);
        Assert.Empty(await system.CheckAsync(Cancellation));

        Reference(await system.CreateAsync(Message with { Route = route }, Cancellation));

        var ticket = Assert.Single(await fixture.Server.TicketsAsync());
        Assert.Equal(route.Queue, ticket.Queue);
        Assert.Equal("50", ticket.Priority);
        Assert.Equal(["it@contoso.example", "root"], ticket.Requestors.Order());
        Assert.Empty(await system.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_ticket_in_a_queue_to_which_the_field_does_not_apply_is_found_all_the_same()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture, ("KeyField", "Some Key"));
        var reference = Reference(await system.CreateAsync(Message, Cancellation));
        await fixture.MoveAsync(reference);
        Assert.Empty(Assert.Single(await fixture.Server.TicketsAsync()).Fields);

        Assert.Equal(reference, await FindAsync(system, reference));
        Assert.Null(Assert.IsType<TicketingOutcome.Done>(await system.FindOpenAsync(new TicketSearch("smb1-other", reference), Cancellation)).Reference);
    }

    [Fact]
    public async Task A_merged_ticket_counts_only_where_the_other_carries_the_same_key()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture);
        var first = Reference(await system.CreateAsync(Message, Cancellation));
        var second = Reference(await system.CreateAsync(Message, Cancellation));
        var other = Reference(await system.CreateAsync(Message with { Key = "smb1-other" }, Cancellation));
        Assert.Equal(first, await FindAsync(system, second));

        await fixture.Server.MergeAsync(first, into: second);
        Assert.Equal(second, await FindAsync(system, first));
        await fixture.Server.MergeAsync(second, into: other);
        Assert.Null(await FindAsync(system, second));
    }

    [Fact]
    public async Task A_note_is_a_comment_that_mails_no_requestor_also_with_a_long_subject()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture);
        var message = Message with { Subject = new string('ü', 300), Route = Message.Route with { Contact = "it@contoso.example" } };
        var reference = Reference(await system.CreateAsync(message, Cancellation));
        Assert.Equal(200, System.Text.Encoding.UTF8.GetByteCount(Assert.Single(await fixture.Server.TicketsAsync()).Subject) + 1);
        Assert.Null(await FindNoteAsync(system, reference, message));

        Assert.Equal(reference, Reference(await system.AddNoteAsync(reference, message with { Body = "Only for technicians" }, Cancellation)));

        Assert.Equal(reference, await FindNoteAsync(system, reference, message));
        Assert.Null(await FindNoteAsync(system, reference, message with { DeliveryId = "fedcba9876543210" }));
        var ticket = Assert.Single(await fixture.Server.TicketsAsync());
        Assert.Equal("new", ticket.Status);
        Assert.Equal("Only for technicians", ticket.Texts[1]);
        Assert.Contains("it@contoso.example", fixture.Server.SentMail, StringComparison.Ordinal);
        Assert.DoesNotContain("Only for technicians", fixture.Server.SentMail, StringComparison.Ordinal);
    }

    [Fact, Trait(Length.Trait, Length.IsLong)]
    public async Task A_note_is_found_behind_a_hundred_others()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture);
        var reference = Reference(await system.CreateAsync(Message, Cancellation));
        await system.AddNoteAsync(reference, Message, Cancellation);
        for (var comment = 0; comment < 105; comment++)
        {
            await fixture.Server.CommentAsync(reference, $"Comment {comment}");
        }

        Assert.Equal(reference, await FindNoteAsync(system, reference, Message));
        Assert.Null(await FindNoteAsync(system, reference, Message with { DeliveryId = "fedcba9876543210" }));
    }

    [Fact]
    public async Task A_ticket_that_was_erased_is_gone_for_all_calls()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture);
        const string Missing = "4711";

        Assert.Null(await FindAsync(system, Missing));
        Assert.Null(Assert.IsType<TicketingOutcome.Done>(await system.FindNoteAsync(Missing, Message, Cancellation)).Reference);
        Assert.Equal(TimeSpan.Zero, Assert.IsType<TicketingOutcome.RetryLater>(await system.AddNoteAsync(Missing, Message, Cancellation)).After);
    }

    [Fact]
    public async Task Rights_that_were_taken_away_open_no_second_ticket_and_are_told()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var system = SystemOf(fixture);
        var reference = Reference(await system.CreateAsync(Message, Cancellation));

        fixture.Become("cannot-show");
        var hidden = await Assert.ThrowsAsync<TicketingException>(() => FindAsync(system, reference));
        Assert.IsType<TicketingOutcome.RetryLater>(hidden.Outcome);
        fixture.Become("cannot-see-field");
        Assert.Contains(
            "'SMB1 Key'", Assert.IsType<TicketingOutcome.RetryLater>(await system.CreateAsync(Message, Cancellation)).Why, StringComparison.Ordinal);
        fixture.Become("cannot-comment");
        Assert.Contains(
            "CommentOnTicket",
            Assert.IsType<TicketingOutcome.RetryLater>(await system.AddNoteAsync(reference, Message, Cancellation)).Why,
            StringComparison.Ordinal);
        Assert.Single(await fixture.Server.TicketsAsync());

        Reference(await system.CreateAsync(Message, Cancellation));
        Assert.Contains("CommentOnTicket", Assert.Single(await system.CheckAsync(Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_the_account_may_open_but_not_read_is_told_once_and_not_tried_again()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        fixture.Become("cannot-show");

        var refused = await Assert.ThrowsAsync<TicketingException>(() => SystemOf(fixture).CreateAsync(Message, Cancellation));

        Assert.Contains("ShowTicket", Assert.IsType<TicketingOutcome.Refused>(refused.Outcome).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_would_be_sent_is_shown_without_the_token_and_nothing_is_sent()
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        var text = string.Join('\n', SystemOf(fixture).Preview(Message, Message).Select(request => $"{request.Purpose}\n{request.Text}"));

        Assert.Contains("\"SMB1 Key\": \"smb1-0123\"", text, StringComparison.Ordinal);
        Assert.Contains("/REST/2.0/ticket/NUMBER/comment", text, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Empty(fixture.Seen);
    }

    [Theory]
    [InlineData("Receiver:RequestTracker:Url", "https://rt.example/REST/2.0", "the address of an interface")]
    [InlineData("Receiver:RequestTracker:Url", "", "is missing")]
    [InlineData("Receiver:RequestTracker:Url", "rt.example", "is not an address")]
    [InlineData("Receiver:RequestTracker:KeyField", "42", "is a number")]
    [InlineData("Receiver:RequestTracker:KeyField", "a}' OR 'CF.{b", "holds a brace")]
    [InlineData("Receiver:RequestTracker:TokenFile", "", "is missing")]
    [InlineData("Receiver:CatchAll:Queue", "", "is missing")]
    [InlineData("Receiver:CatchAll:Board", "x", "is not used")]
    public async Task A_wrong_setting_stops_the_start(string key, string value, string told)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["token"], "1-2-3", Cancellation);
        (string Key, string Value)[] right =
        [
            ("Receiver:TicketingSystem", "RequestTracker"),
            ("Receiver:RequestTracker:Url", "https://rt.example"),
            ("Receiver:RequestTracker:TokenFile", folder["token"]),
            ("Receiver:CatchAll:Queue", "Alerts"),
        ];

        var refused = await Assert.ThrowsAsync<StartupException>(
            () => RunningReceiver.StartAsync([.. right.Where(setting => setting.Key != key), (key, value)]));

        Assert.Contains(key.Replace("TokenFile", "Token", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> FindNoteAsync(ITicketingSystem system, string reference, TicketMessage note) =>
        Assert.IsType<TicketingOutcome.Done>(await system.FindNoteAsync(reference, note, Cancellation)).Reference;

    private static async Task FieldMayHaveNameAsync(string field)
    {
        await using var fixture = await RequestTrackerFixture.StartAsync();
        await fixture.AddForeignTicketAsync();
        var system = SystemOf(fixture, ("KeyField", field));
        Assert.Empty(await system.CheckAsync(Cancellation));
        Assert.Null(await FindAsync(system));

        var reference = Reference(await system.CreateAsync(Message, Cancellation));

        Assert.Equal(Message.Key, (await fixture.Server.TicketsAsync())[^1].Fields[field]);
        Assert.Equal(reference, await FindAsync(system));
        await fixture.CloseAsync(reference);
        Assert.Null(await FindAsync(system));
    }

    private static async Task<string?> FindAsync(ITicketingSystem system, string? known = null) =>
        Assert.IsType<TicketingOutcome.Done>(await system.FindOpenAsync(new TicketSearch(Message.Key, known), Cancellation)).Reference;

    private static string Reference(TicketingOutcome outcome) => Assert.IsType<TicketingOutcome.Done>(outcome).Reference!;

    private static ITicketingSystem SystemOf(RequestTrackerFixture fixture, params (string Key, string Value)[] settings) =>
        SystemOf(fixture, Message.Route, settings);

    private static ITicketingSystem SystemOf(RequestTrackerFixture fixture, TicketRoute route, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            .. fixture.Settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)),
            .. settings.Select(setting => KeyValuePair.Create<string, string?>($"Receiver:RequestTracker:{setting.Key}", setting.Value)),
        ]).Build();
        var options = RequestTrackerOptions.Read(new SectionReader(configuration, "Receiver"), selected: true);
        return options.Create(new TicketingContext(
            new CustomerRoutes(route, new Dictionary<string, TicketRoute>()),
            new TicketHttpFactory(null, TimeSpan.FromSeconds(30), TimeProvider.System),
            TimeProvider.System,
            new ServiceCollection().BuildServiceProvider()));
    }
}
