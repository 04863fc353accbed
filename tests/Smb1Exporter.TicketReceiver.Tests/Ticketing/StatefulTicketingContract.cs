using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

/// <summary>What holds for every ticketing system that can be asked about its tickets.</summary>
public abstract class StatefulTicketingContract : TicketingContract
{
    /// <summary>How many closed tickets of one server hide the open one: more than the system answers at once.</summary>
    private protected virtual int ClosedTickets => 60;

    [Fact]
    public async Task After_a_person_closed_the_ticket_the_next_firing_opens_a_new_one()
    {
        await using var fixture = await StartStatefulAsync();
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "2"));
        await DeliveredAsync(receiver);
        await fixture.CloseAsync(Assert.Single(await fixture.TicketsAsync()).Reference);

        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "3"));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "4"));
        await DeliveredAsync(receiver);

        Assert.Equal([("1 2", false), ("3 4", true)], (await fixture.TicketsAsync()).Select(ticket => (EntriesOf(ticket), ticket.IsOpen)));
    }

    [Fact]
    public async Task With_many_closed_tickets_of_the_same_server_the_open_one_is_found()
    {
        await using var fixture = await StartStatefulAsync();
        await using (var receiver = await ReceiverAsync(fixture))
        {
            for (var number = 1; number <= ClosedTickets; number++)
            {
                await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", $"{number}"));
                await DeliveredAsync(receiver);
                await fixture.CloseAsync(await fixture.NewestAsync());
            }

            await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1000"));
            await DeliveredAsync(receiver);
        }

        await fixture.SettleAsync();

        // Another receiver, with a database of its own where it has one, knows no ticket and finds it by its key.
        await using var other = await ReceiverAsync(fixture);
        await SendAsync(other, "Contoso", "FS01", ("10.0.0.1", "1001"));
        await DeliveredAsync(other);

        Assert.Equal("1000 1001", EntriesOf(Assert.Single(await fixture.TicketsAsync(), ticket => ticket.IsOpen)));
        Assert.Equal(ClosedTickets + 1, (await fixture.TicketsAsync()).Count);
    }

    [Fact]
    public async Task A_deleted_ticket_is_replaced_and_a_moved_one_goes_on()
    {
        await using var fixture = await StartStatefulAsync();
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await DeliveredAsync(receiver);
        await SendAsync(receiver, "Contoso", "FS02", ("10.0.0.1", "2"));
        await DeliveredAsync(receiver);
        var tickets = await fixture.TicketsAsync();
        await fixture.DeleteAsync(tickets[0].Reference);
        await fixture.MoveAsync(tickets[1].Reference);

        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "3"));
        await SendAsync(receiver, "Contoso", "FS02", ("10.0.0.1", "4"));
        await DeliveredAsync(receiver);

        Assert.Equal(["2 4", "3"], (await fixture.TicketsAsync()).Select(EntriesOf).Order());
    }

    [Fact]
    public async Task Tickets_of_others_are_never_touched()
    {
        await using var fixture = await StartStatefulAsync();
        await fixture.AddForeignTicketAsync();
        var before = await fixture.TicketsAsync();
        await using var receiver = await ReceiverAsync(fixture);
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "2"));
        await DeliveredAsync(receiver);

        var after = await fixture.TicketsAsync();
        Assert.Equal("1 2", EntriesOf(after[^1]));
        Assert.Equal(before.Select(ticket => (ticket.Reference, ticket.Notes.Count)), after.SkipLast(1).Select(ticket => (ticket.Reference, ticket.Notes.Count)));
    }

    [Fact]
    public async Task A_wrong_setup_is_told_before_the_first_alert_nothing_is_delivered_and_nothing_is_lost()
    {
        await using var sound = await StartStatefulAsync();
        Assert.SkipWhen(sound.Misconfigurations.Count == 0, "the system has nothing that could be set up wrongly");
        foreach (var (name, kind) in sound.Misconfigurations)
        {
            // Where only the settings are wrong, the system stays as it is.
            await using var spoiled = kind.Mend is null ? null : await StartStatefulAsync();
            var fixture = spoiled ?? sound;
            var wrong = fixture.Misconfigurations[name];
            var settings = await wrong.Break();
            await using var receiver = await ReceiverAsync(fixture, [.. settings]);
            await Eventually.TrueAsync(
                () => wrong.Told.All(word => receiver.LogText.Contains(word, StringComparison.Ordinal)),
                $"{name}: the log says {string.Join(", ", wrong.Told)}. It says:\n{receiver.LogText}");
            Assert.Contains("No ticket can be delivered", receiver.LogText, StringComparison.Ordinal);
            AssertNoSecretIn(receiver, fixture);
            Assert.Equal("0", await receiver.Client.MetricAsync("smb1_ticket_system_usable"));
            Assert.Contains("No ticket can be delivered", await receiver.Client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);

            await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
            Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_outbox_pending"));
            Assert.Empty(await fixture.TicketsAsync());
            if (wrong.Mend is { } mend)
            {
                await mend();
                await DeliveredAsync(receiver);
                Assert.Equal("1", EntriesOf(Assert.Single(await fixture.TicketsAsync())));
            }
        }
    }

    [Fact]
    public async Task A_key_that_the_system_loses_is_noticed_at_once_and_makes_no_second_ticket()
    {
        await using var fixture = await StartStatefulAsync();
        await using var receiver = await ReceiverAsync(fixture);
        await DeliveredAsync(receiver);
        Assert.SkipUnless(fixture.LoseKeys(), "the system cannot lose a key: it is written with the ticket, in one transaction");

        await SendAsync(receiver, "Contoso", "FS01", ("10.0.0.1", "1"));
        await Eventually.GetAsync(() => receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"), value => value == "1", "set aside");
        Assert.Single(await fixture.TicketsAsync());
        await Eventually.TrueAsync(() => receiver.LogText.Contains("key", StringComparison.Ordinal), "that the key is lost is told");
    }

    private protected abstract Task<IStatefulFixture> StartStatefulAsync();

    private protected sealed override async Task<ITicketingFixture> StartAsync() => await StartStatefulAsync();
}
