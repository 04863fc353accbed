using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.HaloPsa;

public sealed class HaloPsaTests
{
    private static readonly string[] OneAfterTheOther = ["1", "2"];

    [Fact]
    public async Task A_token_serves_all_requests_and_is_renewed_without_a_word_when_it_was_ended()
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);
        await receiver.DeliverAsync("Contoso", "FS01", "1");
        Assert.Single(fixture.Halo.Tokens);

        fixture.Halo.Revoke();
        await receiver.DeliverAsync("Contoso", "FS01", "2");

        Assert.Equal(2, fixture.Halo.Tokens.Count);
        Assert.DoesNotContain("not delivered", receiver.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Markup_in_a_name_reaches_the_technician_as_text()
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);
        await receiver.DeliverAsync("<img src=x>&amp;", "<b>FS</b>", "1");
        await receiver.DeliverAsync("<img src=x>&amp;", "<b>FS</b>", "2");

        var ticket = Assert.Single(await fixture.TicketsAsync());
        Assert.All(ticket.Notes.Append(ticket.Body), text => Assert.Contains("detected on <img src=x>&amp;\\<b>FS</b> in", text, StringComparison.Ordinal));
        Assert.Equal("SMB1 Traffic Detected on <b>FS</b>", ticket.Subject);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_customer_sees_notes_only_if_a_setting_says_so_and_gets_no_mail(bool visible)
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings, ("Receiver:HaloPsa:NotesVisible", $"{visible}"));
        foreach (var attempts in OneAfterTheOther)
        {
            await receiver.DeliverAsync("Contoso", "FS01", attempts);
        }

        Assert.Equal(!visible, Assert.Single(fixture.Halo.Tickets).Actions.Single(action => !action.IsSystem).Hidden);
        var sent = JsonNode.Parse(fixture.Halo.Seen.Single(request => request is { Method: "POST", PathAndQuery: "/api/actions" }).Body)![0]!;
        Assert.False((bool)sent["sendemail"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Among_many_strangers_the_ticket_is_found_by_exactly_its_key(bool ignoresSearch)
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        for (var number = 0; number < 250; number++)
        {
            fixture.Halo.Add($"smb1 {number}", number % 2 == 0 ? $"smb1-{number:x32}" : null);
        }

        await using (var first = await Deliveries.StartAsync(fixture.Settings))
        {
            await first.DeliverAsync("Contoso", "FS01", "1");
        }

        fixture.Halo.IgnoresSearch = ignoresSearch;
        await using var second = await Deliveries.StartAsync(fixture.Settings);
        await second.DeliverAsync("Contoso", "FS01", "2");

        var tickets = await fixture.TicketsAsync();
        Assert.Equal(251, tickets.Count);
        Assert.Single(tickets[^1].Notes);
        Assert.All(tickets.SkipLast(1), ticket => Assert.Empty(ticket.Notes));
    }

    [Fact]
    public async Task A_field_that_the_search_does_not_cover_is_told_as_soon_as_a_ticket_shows_it_and_the_known_ticket_goes_on()
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        await using (var receiver = await Deliveries.StartAsync(fixture.Settings))
        {
            await receiver.DeliverAsync("Contoso", "FS01", "1");
            (fixture.Halo.KeyFieldIsSearchable, fixture.Halo.AnyWordIsEnough) = (false, false);
            await receiver.DeliverAsync("Contoso", "FS01", "2");
            Assert.Single(Assert.Single(await fixture.TicketsAsync()).Notes);
        }

        await using var other = await Deliveries.StartAsync(fixture.Settings);
        await other.UntilToldAsync("Set the field searchable in Halo.");
        Assert.Contains("Receiver:HaloPsa:KeyField 'CFsmb1key'", other.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_shows_all_requests_in_their_order_and_no_secret()
    {
        await using var fixture = await HaloPsaFixture.StartAsync();
        var route = new TicketRoute("Contoso Ltd", "21", null, null, null);
        var message = new TicketMessage(1, "0123456789abcdef", "smb1-1", "Contoso", "FS01", "Subject", "Body", route);

        var shown = string.Join('\n', Deliveries.SystemOf(fixture.Settings).Preview(message, message).Select(request => $"{request.Purpose}\n{request.Text}"));

        Assert.Contains("api/tickets?search=smb1-1&open_only=true", shown, StringComparison.Ordinal);
        Assert.Contains("\"client_id\": \"(number of 'Contoso Ltd')\"", shown, StringComparison.Ordinal);
        Assert.Contains("\"tickettype_id\": 21", shown, StringComparison.Ordinal);
        Assert.Contains("[SMB1 note 0123456789abcdef]", shown, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.DoesNotContain("Bearer", shown, StringComparison.Ordinal);
    }
}
