using System.Globalization;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.HaloPsa;

/// <summary>A fake Halo, and a receiver's settings for it.</summary>
internal sealed class HaloPsaFixture : IStatefulFixture
{
    private readonly TemporaryFolder _folder = new();

    private HaloPsaFixture()
    {
    }

    public FakeHaloPsa Halo { get; } = new();

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "HaloPsa"),
        ("Receiver:HaloPsa:Url", Halo.Address.AbsoluteUri),
        ("Receiver:HaloPsa:Tenant", FakeHaloPsa.Tenant),
        ("Receiver:HaloPsa:ClientId", FakeHaloPsa.ClientId),
        ("Receiver:HaloPsa:ClientSecretFile", _folder["secret"]),
        ("Receiver:CatchAll:Company", "alerts"),
        ("Receiver:CatchAll:Board", "Alert"),
        ("Receiver:CatchAll:Queue", "1st line"),
        ("Receiver:CatchAll:Priority", "Medium"),
        ("Receiver:CatchAll:Contact", "General User"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Company", "Contoso Ltd"),
        ("Receiver:Customers:0:Board", "21"),
        ("Receiver:Customers:0:Queue", "6"),
        ("Receiver:Customers:0:Priority", "4"),
        ("Receiver:Customers:0:Contact", "it@contoso.example"),
    ];

    public string CatchAll => "20/21/5/3/90";

    public string Contoso => "12/21/6/4/91";

    public int LongestSubject => 255;

    public IReadOnlyList<string> Secrets => [FakeHaloPsa.ClientSecret, .. Halo.Tokens];

    public FaultPlan Faults => Halo.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations => new Dictionary<string, Misconfiguration>
    {
        ["secret"] = Changed(halo => halo.Secret = "another", halo => halo.Secret = FakeHaloPsa.ClientSecret, "invalid_client", "Check the client's id and secret"),
        ["field"] = Changed(halo => halo.HasKeyField = false, halo => halo.HasKeyField = true, "Receiver:HaloPsa:KeyField 'CFsmb1key'", "no ticket custom field"),
        ["status"] = Set("Receiver:HaloPsa:ClosedStatuses", "9, 77", "Receiver:HaloPsa:ClosedStatuses '77'", "no status"),
        ["client"] = Changed(halo => halo.Clients.Remove(20), halo => halo.Clients[20] = "Alerts", "Receiver:CatchAll: Company 'alerts'", "no such client"),
        ["client's number"] = Set("Receiver:Customers:0:Company", "999", "Receiver:Customers (Contoso): Company '999'", "no such client"),
        ["two clients"] = Changed(halo => halo.Clients[21] = "ALERTS", halo => halo.Clients.Remove(21), "Company 'alerts'", "more than one client", "20, 21"),
        ["type"] = Set("Receiver:CatchAll:Board", "Alerts", "Receiver:CatchAll: Board 'Alerts'", "no such ticket type"),
        ["team"] = Set("Receiver:CatchAll:Queue", "2nd Line", "Receiver:CatchAll: Queue '2nd Line'", "no such team"),
        ["priority"] = Changed(halo => halo.Priorities.Add((7, "medium")), halo => halo.Priorities.RemoveAt(3), "Priority 'Medium'", "more than one priority", "3, 7"),
        ["user of another client"] = Set("Receiver:CatchAll:Contact", "it@contoso.example", "Receiver:CatchAll: Contact 'it@contoso.example'", "no such user"),
        ["user's number of another client"] = Set("Receiver:CatchAll:Contact", "91", "Receiver:CatchAll: Contact '91'", "no such user"),
        ["address"] = Set("Receiver:HaloPsa:Url", "http://127.0.0.1:1", "cannot be reached"),
    };

    public static async Task<HaloPsaFixture> StartAsync()
    {
        var fixture = new HaloPsaFixture();
        await File.WriteAllTextAsync(fixture._folder["secret"], FakeHaloPsa.ClientSecret + "\n");
        await fixture.Halo.StartAsync();
        return fixture;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult<IReadOnlyList<SeenTicket>>(
    [
        .. Halo.Tickets.Select(ticket => new SeenTicket(
            ticket.Id.ToString(CultureInfo.InvariantCulture),
            $"{ticket.Client}/{ticket.Type}/{ticket.Team}/{ticket.Priority}/{ticket.User}",
            ticket.Summary,
            FakeHaloPsa.Rendered(ticket.DetailsHtml),
            [.. ticket.Actions.Where(action => !action.IsSystem).Select(action => FakeHaloPsa.Rendered(action.NoteHtml))],
            ticket.Status != 9)),
    ]);

    public Task CloseAsync(string reference) => Do(() => Halo.Change(reference, ticket => ticket.Status = 9));

    public Task DeleteAsync(string reference) => Do(() => Halo.Delete(reference));

    public Task MoveAsync(string reference) => Do(() => Halo.Change(reference, ticket => ticket.Type = 1));

    // Its words are those of a key.
    public Task AddForeignTicketAsync() => Do(() => Halo.Add("smb1 question"));

    public bool LoseKeys() => Halo.LosesKeys = true;

    public async ValueTask DisposeAsync()
    {
        await Halo.DisposeAsync();
        _folder.Dispose();
    }

    private Misconfiguration Changed(Action<FakeHaloPsa> spoil, Action<FakeHaloPsa> mend, params string[] told) => new(
        () =>
        {
            spoil(Halo);
            return Task.FromResult<IEnumerable<(string, string)>>([]);
        },
        () => Do(() => mend(Halo)),
        told);

    private static Misconfiguration Set(string key, string value, params string[] told) =>
        new(() => Task.FromResult<IEnumerable<(string, string)>>([(key, value)]), null, told);

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
