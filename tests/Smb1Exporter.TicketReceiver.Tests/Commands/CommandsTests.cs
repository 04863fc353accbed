using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Commands;
using Smb1Exporter.TicketReceiver.Tests.Ticketing.ConnectWise;

namespace Smb1Exporter.TicketReceiver.Tests.Commands;

/// <summary>The commands that a technician runs beside the receiver, with a ticketing system at the other end.</summary>
public sealed class CommandsTests
{
    [Fact]
    public async Task A_test_ticket_is_marked_goes_where_the_customers_go_and_gets_a_note_the_second_time()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();

        var (firstCode, first) = await RunAsync(fixture, "test-ticket", "--customer", "Contoso");
        var ticket = Assert.Single(await fixture.TicketsAsync());
        Assert.Equal(0, firstCode);
        Assert.Equal(("TEST: SMB1 Traffic Detected on SMB1-TEST", fixture.Contoso), (ticket.Subject, ticket.Destination));
        Assert.StartsWith("This is a test of smb1-ticket-receiver; nothing was detected.", ticket.Body, StringComparison.Ordinal);
        Assert.Contains($"Opened ticket {ticket.Reference}: \"TEST: ", first, StringComparison.Ordinal);

        var (secondCode, second) = await RunAsync(fixture, "test-ticket", "--customer", "Contoso");
        Assert.Equal(0, secondCode);
        Assert.Single(Assert.Single(await fixture.TicketsAsync()).Notes);
        Assert.Contains($"Added a note to the open test ticket {ticket.Reference}", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_told_by_check_and_stops_a_test_ticket()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();
        Assert.Equal(0, (await RunAsync(fixture, "check")).ExitCode);

        foreach (var command in new[] { "check", "test-ticket" })
        {
            var (exitCode, output) = await RunAsync(fixture, command, "--Receiver:CatchAll:Board=No such board");
            Assert.Equal(1, exitCode);
            Assert.Contains("[FAULT]", output, StringComparison.Ordinal);
            Assert.Contains("'No such board'", output, StringComparison.Ordinal);
        }

        Assert.Empty(await fixture.TicketsAsync());
    }

    [Fact]
    public async Task Render_shows_every_request_and_sends_none_and_neither_it_nor_config_shows_a_secret()
    {
        await using var fixture = await ConnectWiseFixture.StartAsync();

        var (exitCode, output) = await RunAsync(fixture, "render", Samples.PathOf("alertmanager-webhook.json"));
        var (_, settings) = await RunAsync(fixture, "config");

        Assert.Equal(0, exitCode);
        Assert.Contains("POST http://127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Contains("\"summary\": \"SMB1 Traffic Detected on FS01\"", output, StringComparison.Ordinal);
        Assert.Contains("(not sent)", output, StringComparison.Ordinal);
        Assert.Equal(0, fixture.Server.Faults.Requests);
        Assert.Contains("Receiver:TicketingSystem = ConnectWise", settings, StringComparison.Ordinal);
        Assert.NotEmpty(fixture.Secrets);
        Assert.All(fixture.Secrets, secret => Assert.DoesNotContain(secret, output + settings, StringComparison.Ordinal));
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(ConnectWiseFixture fixture, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var settings = fixture.Settings.Where(setting => !arguments.Any(argument => argument.StartsWith($"--{setting.Key}=", StringComparison.Ordinal)));
        var exitCode = await ReceiverCommandLine.RunAsync([.. arguments, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], output, error);
        return (exitCode, output.ToString() + error);
    }
}
