using System.Globalization;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Autotask;

public sealed class AutotaskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 2)]
    [InlineData("all autotask users", 1)]
    [InlineData("1", 1)]
    public async Task A_ticket_has_all_that_Autotask_wants_and_notes_are_internal_unless_the_settings_say_otherwise(string? publish, int seenBy)
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        using var parts = TicketingParts.Of(
            fixture, ("Receiver:Autotask:NewStatus", "in progress"), ("Receiver:Autotask:DueIn", "04:00:00"), ("Receiver:Autotask:NotePublish", publish ?? ""));
        var message = TicketingParts.Message(parts);
        Assert.Empty(await parts.Ticketing.CheckAsync(Cancellation));
        var earliest = TimeProvider.System.GetUtcNow().AddHours(4).AddSeconds(-1);
        var done = Assert.IsType<TicketingOutcome.Done>(await parts.Ticketing.CreateAsync(message, Cancellation));
        await parts.Ticketing.AddNoteAsync(done.Reference!, message, Cancellation);

        var ticket = Assert.Single(fixture.Server.Tickets);
        Assert.Equal((message.Key, 8, 2), ((string?)ticket["externalID"], (int)ticket["status"]!, (int)ticket["priority"]!));
        Assert.Equal((string)fixture.Server.Contacts[0]["id"]!.ToString(), ticket["contactID"]!.ToString());
        var due = DateTimeOffset.Parse((string)ticket["dueDateTime"]!, CultureInfo.InvariantCulture);
        Assert.InRange(due, earliest, TimeProvider.System.GetUtcNow().AddHours(4));
        var note = Assert.Single(fixture.Server.Notes);
        Assert.Equal((seenBy, 1, message.Subject), ((int)note["publish"]!, (int)note["noteType"]!, (string?)note["title"]));
    }

    [Theory]
    [InlineData("dueDateTime is required.; on record number [0].", true)]
    [InlineData("The threshold of 10000 requests within 60 minutes was exceeded.", false)]
    [InlineData("Transaction was deadlocked on lock resources.", false)]
    public async Task An_error_that_lasts_is_refused_with_its_words_and_one_that_passes_is_tried_again(string error, bool isRefused)
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        await parts.Ticketing.CheckAsync(Cancellation);
        fixture.Server.Fails = error;

        var told = await Assert.ThrowsAsync<TicketingException>(() => parts.Ticketing.CreateAsync(TicketingParts.Message(parts), Cancellation));

        Assert.Equal(isRefused, told.Outcome is TicketingOutcome.Refused { Answer: not null });
        Assert.Contains(error.TrimEnd('.'), told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_that_finds_tickets_of_others_is_told_and_touches_none()
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        await fixture.AddForeignTicketAsync();
        fixture.Server.IgnoresFilters = true;
        using var parts = TicketingParts.Of(fixture, ("Receiver:CatchAll:Company", fixture.CatchAll.Split(' ')[0]));

        var told = await Assert.ThrowsAsync<TicketingException>(() => parts.Ticketing.CheckAsync(Cancellation));
        var found = await Assert.ThrowsAsync<TicketingException>(
            () => parts.Ticketing.FindOpenAsync(new TicketSearch(TicketingParts.Message(parts).Key, null), Cancellation));

        Assert.Contains("externalID", told.Message, StringComparison.Ordinal);
        Assert.Contains("externalID", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_is_closed_in_any_of_the_ways_or_without_the_key_is_none_and_of_several_the_oldest_counts()
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        await parts.Ticketing.CheckAsync(Cancellation);
        var closed = await OpenAsync();
        await fixture.CloseAsync(closed);
        var done = await OpenAsync();
        await fixture.Change(done, ticket => ticket["status"] = 20L);
        var other = await OpenAsync();
        await fixture.Change(other, ticket => ticket["externalID"] = "somebody's");

        foreach (var known in new[] { null, closed, done, other, "999999", "OTHER-SYSTEM/1" })
        {
            Assert.Equal(new TicketingOutcome.Done(null), await parts.Ticketing.FindOpenAsync(new TicketSearch(message.Key, known), Cancellation));
        }

        var oldest = await OpenAsync();
        await OpenAsync();
        Assert.Equal(new TicketingOutcome.Done(oldest), await parts.Ticketing.FindOpenAsync(new TicketSearch(message.Key, other), Cancellation));

        async Task<string> OpenAsync() =>
            Assert.IsType<TicketingOutcome.Done>(await parts.Ticketing.CreateAsync(message, Cancellation)).Reference!;
    }

    [Fact]
    public async Task Further_pages_are_fetched_from_the_same_server_whatever_host_they_name()
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        fixture.Server.LargestPage = 3;
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        await parts.Ticketing.CheckAsync(Cancellation);
        var reference = Assert.IsType<TicketingOutcome.Done>(await parts.Ticketing.CreateAsync(message, Cancellation)).Reference!;
        for (var number = 0; number < 7; number++)
        {
            await parts.Ticketing.AddNoteAsync(reference, message with { DeliveryId = $"{number:x16}" }, Cancellation);
        }

        Assert.Equal(new TicketingOutcome.Done(null), await parts.Ticketing.FindNoteAsync(reference, message, Cancellation));
        await parts.Ticketing.AddNoteAsync(reference, message with { Body = string.Join('\n', Enumerable.Repeat("10.0.0.1: 1", 5000)) }, Cancellation);
        Assert.Equal(new TicketingOutcome.Done(reference), await parts.Ticketing.FindNoteAsync(reference, message, Cancellation));
        Assert.InRange(((string)fixture.Server.Notes[^1]["description"]!).Length, 31_000, 32_000);
    }

    [Fact]
    public async Task A_note_to_a_ticket_that_was_deleted_is_begun_anew()
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        await parts.Ticketing.CheckAsync(Cancellation);

        Assert.Equal(new TicketingOutcome.Done(null), await parts.Ticketing.FindNoteAsync("999999", message, Cancellation));
        Assert.IsType<TicketingOutcome.RetryLater>(await parts.Ticketing.AddNoteAsync("999999", message, Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ATServicesRest")]
    [InlineData("atservicesrest/v1.0/")]
    public async Task The_address_may_be_the_zones_host_or_what_zoneInformation_answers_and_what_would_be_sent_shows_no_secret(string path)
    {
        await using var fixture = await AutotaskFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture, ("Receiver:Autotask:Url", fixture.Server.Address + path));
        var message = TicketingParts.Message(parts);

        var shown = string.Join('\n', parts.Ticketing.Preview(message, message with { Body = "again" }).Select(request => $"{request.Purpose}\n{request.Text}"));

        Assert.Contains($"POST {fixture.Server.Address}ATServicesRest/V1.0/Tickets\n", shown, StringComparison.Ordinal);
        Assert.Contains("(number of Queue level i support)", shown, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.Empty(fixture.Server.Seen);
    }

    [Fact]
    public async Task Settings_that_are_missing_are_told_at_once()
    {
        await using var fixture = await AutotaskFixture.StartAsync();

        var told = Assert.Throws<StartupException>(() => TicketingParts.Of(fixture, [.. fixture.Settings.Skip(1).Select(setting => (setting.Key, ""))])).Message;

        Assert.All(
            ["Autotask:Url", "Autotask:UserName", "Autotask:SecretFile", "Autotask:IntegrationCode", "CatchAll:Company", "CatchAll:Queue", "CatchAll:Priority"],
            key => Assert.Contains($"Receiver:{key}: is missing", told, StringComparison.Ordinal));
    }
}
