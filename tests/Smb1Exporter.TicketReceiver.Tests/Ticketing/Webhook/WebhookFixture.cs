using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Webhook;

/// <summary>A receiver's settings for the fake of a receiver of the webhook.</summary>
internal sealed class WebhookFixture : ITicketingFixture
{
    private readonly TemporaryFolder _folder = new();

    public FakeWebhook Hook { get; } = new();

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "Webhook"),
        ("Receiver:Webhook:Url", $"{Hook.Address}hooks/smb1"),
        ("Receiver:Webhook:Headers:0:Name", "X-Api-Key"),
        ("Receiver:Webhook:Headers:0:SecretFile", _folder["secret"]),
        ("Receiver:Webhook:ReferencePath", "/ticket/id"),
        ("Receiver:CatchAll:Queue", "Service desk"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Queue", "Servers"),
        ("Receiver:Customers:0:Priority", "\"High\""),
    ];

    public string CatchAll => "Service desk/";

    public string Contoso => "Servers/\"High\"";

    public int LongestSubject => 8 * 255;

    public IReadOnlyList<string> Secrets => [Hook.Secret];

    public FaultPlan Faults => Hook.Faults;

    public static async Task<WebhookFixture> StartAsync(string method = "POST")
    {
        var fixture = new WebhookFixture();
        fixture.Hook.Method = method;
        await File.WriteAllTextAsync(fixture._folder["secret"], fixture.Hook.Secret, TestContext.Current.CancellationToken);
        await fixture.Hook.StartAsync();
        return fixture;
    }

    /// <summary>A file in the fixture's folder.</summary>
    public string Write(string name, string content)
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult<IReadOnlyList<SeenTicket>>(
    [
        .. Hook.Tickets.Select((ticket, index) =>
        {
            Assert.Equal(["open", .. Enumerable.Repeat("note", ticket.Events.Count - 1)], ticket.Events.Select(hook => (string)hook["event"]!));
            var opened = ticket.Events[0];
            return new SeenTicket(
                $"{index + 1}",
                $"{opened["route"]!["queue"]}/{opened["route"]!["priority"]}",
                (string)opened["subject"]!,
                (string)opened["body"]!,
                [.. ticket.Events.Skip(1).Select(hook => (string)hook["body"]!)],
                true);
        }),
    ]);

    public async ValueTask DisposeAsync()
    {
        await Hook.DisposeAsync();
        _folder.Dispose();
    }
}
