using System.Text.Json.Nodes;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.ConnectWise;

public sealed class ConnectWiseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ticket_has_the_key_and_its_route_and_notes_are_internal_unless_the_settings_say_otherwise()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        Assert.Empty(await parts.Ticketing.CheckAsync(Cancellation));
        var done = Assert.IsType<TicketingOutcome.Done>(await parts.Ticketing.CreateAsync(message, Cancellation));
        await parts.Ticketing.AddNoteAsync(done.Reference!, message, Cancellation);
        using var open = TicketingParts.Of(fixture, ("Receiver:ConnectWise:Notes", "discussion"));
        await open.Ticketing.AddNoteAsync(done.Reference!, message, Cancellation);

        var ticket = Assert.Single(fixture.Server.Tickets);
        Assert.Equal(message.Key, (string?)ticket["externalXRef"]);
        Assert.NotNull(ticket["priority"]!["id"]);
        Assert.NotNull(ticket["contact"]!["id"]);
        Assert.Equal(
            [(true, false), (false, true)],
            ticket["notes"]!.AsArray().Skip(1).Select(note => ((bool)note!["internalAnalysisFlag"]!, (bool)note["detailDescriptionFlag"]!)));
    }

    [Fact]
    public async Task A_search_that_finds_tickets_of_others_is_told_and_touches_none()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        await fixture.AddForeignTicketAsync();
        fixture.Server.IgnoresConditions = true;
        using var parts = TicketingParts.Of(fixture);

        var told = await Assert.ThrowsAsync<TicketingException>(() => parts.Ticketing.CheckAsync(Cancellation));
        var found = await Assert.ThrowsAsync<TicketingException>(
            () => parts.Ticketing.FindOpenAsync(new TicketSearch(TicketingParts.Message(parts).Key, null), Cancellation));

        Assert.Contains("externalXRef", told.Message, StringComparison.Ordinal);
        Assert.Contains("externalXRef", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ticket_that_is_merged_away_closed_or_without_the_key_is_none()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        await parts.Ticketing.CheckAsync(Cancellation);
        var merged = await OpenAsync();
        await fixture.Change(merged, ticket => ticket["mergedParentTicket"] = new JsonObject { ["id"] = 1 });
        var closed = await OpenAsync();
        await fixture.CloseAsync(closed);
        var other = await OpenAsync();
        await fixture.Change(other, ticket => ticket["externalXRef"] = "somebody's");

        foreach (var known in new[] { null, merged, closed, other, "999999", "OTHER-SYSTEM/1" })
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
    public async Task A_note_is_found_among_more_notes_than_a_page_holds()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);
        await parts.Ticketing.CheckAsync(Cancellation);
        var reference = Assert.IsType<TicketingOutcome.Done>(await parts.Ticketing.CreateAsync(message, Cancellation)).Reference!;
        Assert.Equal(new TicketingOutcome.Done(null), await parts.Ticketing.FindNoteAsync(reference, message, Cancellation));

        await parts.Ticketing.AddNoteAsync(reference, message with { Body = string.Join('\n', Enumerable.Repeat("10.0.0.1: 1", 20_000)) }, Cancellation);
        await fixture.Change(reference, ticket =>
        {
            for (var number = 0; number < 1000; number++)
            {
                fixture.Server.AddNote(ticket, $"note {number}", isInternal: true);
            }
        });

        Assert.Equal(new TicketingOutcome.Done(reference), await parts.Ticketing.FindNoteAsync(reference, message, Cancellation));
        Assert.Equal(new TicketingOutcome.Done(null), await parts.Ticketing.FindNoteAsync("999999", message, Cancellation));
        Assert.IsType<TicketingOutcome.RetryLater>(await parts.Ticketing.AddNoteAsync("999999", message, Cancellation));
    }

    [Theory]
    [InlineData("Alert*")]
    [InlineData("Aler_s")]
    [InlineData("%")]
    [InlineData("x\" or name=\"Alerts")]
    [InlineData("x\\\" or name=\\\"Alerts")]
    public async Task A_name_is_no_pattern_and_no_condition(string board)
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture, ("Receiver:CatchAll:Board", board));

        Assert.StartsWith($"Receiver:CatchAll: Board '{board}' is not in ConnectWise", Assert.Single(await parts.Ticketing.CheckAsync(Cancellation)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_do_as_well_as_names()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        var server = fixture.Server;
        using var parts = TicketingParts.Of(
            fixture,
            ("Receiver:Customers:0:Company", $"{server.Companies[1]["id"]}"),
            ("Receiver:Customers:0:Board", $"{server.Boards[1]["id"]}"),
            ("Receiver:Customers:0:Priority", $"{server.Priorities[0]["id"]}"),
            ("Receiver:Customers:0:Contact", $"{server.Contacts[0]["id"]}"));

        Assert.Empty(await parts.Ticketing.CheckAsync(Cancellation));
        await parts.Ticketing.CreateAsync(TicketingParts.Message(parts), Cancellation);

        Assert.Equal(fixture.Contoso, Assert.Single(await fixture.TicketsAsync()).Destination);
    }

    [Fact]
    public async Task What_would_be_sent_is_shown_without_a_secret_and_without_a_request()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        using var parts = TicketingParts.Of(fixture);
        var message = TicketingParts.Message(parts);

        var shown = string.Join('\n', parts.Ticketing.Preview(message, message with { Body = "again" }).Select(request => $"{request.Purpose}\n{request.Text}"));

        Assert.Contains($"POST {fixture.Server.Address}v4_6_release/apis/3.0/service/tickets\n", shown, StringComparison.Ordinal);
        Assert.Contains("(number of Company ContosoLtd)", shown, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.Empty(fixture.Server.Seen);
    }

    [Fact]
    public async Task Settings_that_are_missing_are_told_at_once()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();

        var told = Assert.Throws<StartupException>(() => TicketingParts.Of(fixture, [.. fixture.Settings.Skip(1).Select(setting => (setting.Key, ""))])).Message;

        Assert.All(
            ["ConnectWise:Url", "ConnectWise:CompanyId", "ConnectWise:PublicKey", "ConnectWise:PrivateKeyFile", "ConnectWise:ClientIdFile", "CatchAll:Company", "CatchAll:Board"],
            key => Assert.Contains($"Receiver:{key}: is missing", told, StringComparison.Ordinal));
    }
}
