using System.Text.RegularExpressions;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.ServiceNow;

public sealed class ServiceNowTests
{
    [Theory]
    [InlineData("Basic")]
    [InlineData("ApiKey")]
    [InlineData("OAuth")]
    public async Task Each_way_to_sign_in_delivers_and_shows_no_secret(string way)
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Unsigned, fixture.SignIns[way]);
        await receiver.DeliverAsync("Contoso", "FS01", "1");
        fixture.ServiceNow.Revoke();
        await receiver.DeliverAsync("Contoso", "FS01", "2");
        fixture.Faults.At(0, Fakes.Fault.Of(500));
        await receiver.DeliverAsync("Contoso", "FS01", "3");

        Assert.Equal(2, Assert.Single(await fixture.TicketsAsync()).Notes.Count);
        Assert.Contains("you sent", receiver.LogText, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, receiver.LogText, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "ignores a condition on it")]
    [InlineData(true, "shows no such column")]
    public async Task A_field_that_is_not_there_is_told_with_and_without_the_property_that_voids_invalid_queries(bool returnsNoRows, string told)
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await fixture.AddForeignTicketAsync();
        fixture.ServiceNow.Columns.Remove("correlation_id");
        fixture.ServiceNow.InvalidQueriesReturnNoRows = returnsNoRows;
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);

        await receiver.UntilToldAsync(told);
        Assert.Contains("Receiver:ServiceNow:KeyField 'correlation_id'", receiver.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_field_vanishes_later_strangers_come_back_and_none_is_touched()
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await fixture.AddForeignTicketAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);
        await receiver.UntilAsync("smb1_ticket_system_usable", "1");
        fixture.ServiceNow.Columns.Remove("correlation_id");
        await receiver.SendAsync("Contoso", "FS01", "1");

        await receiver.UntilToldAsync("None of these tickets is touched");
        Assert.Empty(Assert.Single(await fixture.TicketsAsync()).Notes);

        fixture.ServiceNow.Columns.Add("correlation_id", 100);
        await receiver.UntilAsync("smb1_ticket_outbox_pending", "0");
        Assert.Equal([0, 0], (await fixture.TicketsAsync()).Select(ticket => ticket.Notes.Count));
    }

    [Fact]
    public async Task A_key_that_the_field_cuts_is_set_aside_with_its_ticket()
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        fixture.ServiceNow.Columns["correlation_id"] = 20;
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);
        await receiver.SendAsync("Contoso", "FS01", "1");

        await receiver.UntilAsync("smb1_ticket_deliveries_set_aside", "1");
        await receiver.UntilToldAsync($"ticket {Assert.Single(await fixture.TicketsAsync()).Reference} was opened without its key");
    }

    [Fact]
    public async Task An_account_that_may_not_read_notes_is_told_and_a_note_whose_answer_was_lost_is_not_doubled()
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await using (var receiver = await Deliveries.StartAsync(fixture.Settings))
        {
            await receiver.DeliverAsync("Contoso", "FS01", "1");
            fixture.ServiceNow.Hidden.Add("work_notes");
            fixture.Faults.Use((request, _) => request.Method == "PATCH" ? new(Fakes.FaultKind.LostAnswer) : null);
            await receiver.SendAsync("Contoso", "FS01", "2");
            await receiver.UntilToldAsync("it shows no field work_notes");
            Assert.Single(Assert.Single(await fixture.TicketsAsync()).Notes);
        }

        await using var other = await Deliveries.StartAsync(fixture.Settings);
        await other.UntilToldAsync("ServiceNow shows no column work_notes");
    }

    [Fact]
    public async Task Code_tags_in_a_name_stay_text_and_a_mention_mentions_nobody()
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings);
        const string Name = "[code]<b>x</b>[/CODE] @[e1:Eve]";
        await receiver.DeliverAsync(Name, "FS01", "1");
        await receiver.DeliverAsync(Name, "FS01", "2");

        var note = Assert.Single(Assert.Single(await fixture.TicketsAsync()).Notes);
        Assert.Contains("[ code]<b>x</b>[ /CODE] @ [e1:Eve]", note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false", "work_notes")]
    [InlineData("true", "comments")]
    public async Task The_caller_sees_notes_only_if_a_setting_says_so(string visible, string field)
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        await using var receiver = await Deliveries.StartAsync(fixture.Settings, ("Receiver:ServiceNow:NotesVisible", visible));
        await receiver.DeliverAsync("Contoso", "FS01", "1");
        await receiver.DeliverAsync("Contoso", "FS01", "2");

        Assert.Equal(field, Assert.Single(Assert.Single(fixture.ServiceNow.Incidents).Journal).Field);
    }

    [Theory]
    [InlineData("1", 1, 1)]
    [InlineData("2", 2, 1)]
    [InlineData("3", 2, 2)]
    [InlineData("4", 2, 3)]
    [InlineData("5", 3, 3)]
    [InlineData("3/1", 3, 1)]
    public void A_priority_is_impact_and_urgency(string text, int impact, int urgency) =>
        Assert.Equal(new ServiceNowPriority(impact, urgency), ServiceNowPriority.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("6")]
    [InlineData("11")]
    [InlineData("1/4")]
    [InlineData("1/2/3")]
    [InlineData("")]
    [InlineData("High")]
    public void Anything_else_is_none(string text) => Assert.Null(ServiceNowPriority.Parse(text));

    [Theory]
    [InlineData("a^b")]
    [InlineData("^NQactive=true")]
    [InlineData(" JavaScript:gs.sleep(1)")]
    [InlineData("a\nb")]
    [InlineData("")]
    public void What_would_change_a_query_cannot_stand_in_it(string value)
    {
        Assert.False(EncodedQuery.Allows(value));
        Assert.Throws<ArgumentException>(() => EncodedQuery.Equal("name", value));
    }

    [Fact]
    public async Task A_preview_shows_all_requests_in_their_order_and_no_secret()
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        var route = new TicketRoute("MSP", null, null, "2", null);
        var message = new TicketMessage(1, "0123456789abcdef", "smb1-1", "Contoso", "FS01", "Subject", "Body", route);

        List<PreparedRequest> requests = [.. Deliveries.SystemOf(fixture.Settings).Preview(message, message)];

        Assert.Equal(["GET", "POST", "GET", "PATCH"], requests.Select(request => Regex.Match(request.Text, "^[A-Z]+").Value));
        Assert.Contains("\"correlation_id\": \"smb1-1\"", requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("\"impact\": \"2\"", requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("[SMB1 note 0123456789abcdef]", requests[3].Text, StringComparison.Ordinal);
        Assert.All(fixture.Secrets, secret => Assert.All(requests, request => Assert.DoesNotContain(secret, request.Text, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Receiver:ServiceNow:ApiKeyFile", "/tmp/another", "one way to sign in is needed")]
    [InlineData("Receiver:ServiceNow:PasswordFile", "", "one way to sign in is needed")]
    [InlineData("Receiver:ServiceNow:Url", "http://now.example", "would send secrets unencrypted")]
    [InlineData("Receiver:ServiceNow:Table", "incident^x", "letters, digits and underscores")]
    [InlineData("Receiver:CatchAll:Board", "x", "is not used by ServiceNow")]
    public async Task A_setting_that_is_wrong_in_itself_stops_the_start(string key, string value, string told)
    {
        await using var fixture = await ServiceNowFixture.StartAsync();
        var error = Assert.Throws<StartupException>(() => Deliveries.SystemOf([.. fixture.Settings.Where(setting => setting.Key != key), (key, value)]));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }
}
