using System.Globalization;
using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.ConnectWise;

public sealed class ConnectWiseContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await ConnectWiseFixture.StartAsync();
}

/// <summary>A ConnectWise with a catch-all company and one for customer "Contoso".</summary>
internal sealed class ConnectWiseFixture : IStatefulFixture
{
    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _own;
    private readonly JsonObject _contoso;
    private readonly JsonObject _alerts;
    private readonly JsonObject _service;
    private readonly JsonObject _high;
    private readonly JsonObject _contact;

    private ConnectWiseFixture()
    {
        File.WriteAllText(_folder["private.key"], FakeConnectWise.PrivateKey);
        File.WriteAllText(_folder["client.id"], FakeConnectWise.ClientId);
        _own = Server.AddCompany("MSP", "The \"MSP\" [Ltd]");
        _contoso = Server.AddCompany("ContosoLtd", "Contoso Ltd");
        _alerts = Server.AddBoard("Alerts");
        _service = Server.AddBoard("Service \\ Desk");
        _high = Server.AddPriority("Priority 2 - High");
        _contact = Server.AddContact(_contoso, "admin@contoso.example");
    }

    public FakeConnectWise Server { get; } = new();

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "ConnectWise"),
        ("Receiver:ConnectWise:Url", Server.Address.ToString()),
        ("Receiver:ConnectWise:CompanyId", FakeConnectWise.Company),
        ("Receiver:ConnectWise:PublicKey", FakeConnectWise.PublicKey),
        ("Receiver:ConnectWise:PrivateKeyFile", _folder["private.key"]),
        ("Receiver:ConnectWise:ClientIdFile", _folder["client.id"]),
        ("Receiver:CatchAll:Company", "The \"MSP\" [Ltd]"),
        ("Receiver:CatchAll:Board", "Alerts"),
        ("Receiver:CatchAll:Priority", "priority 2 - high"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Company", "ContosoLtd"),
        ("Receiver:Customers:0:Board", "Service \\ Desk"),
        ("Receiver:Customers:0:Contact", "Admin@contoso.example"),
    ];

    public string CatchAll => Destination(_own, _alerts);

    public string Contoso => Destination(_contoso, _service);

    public int LongestSubject => 100;

    public IReadOnlyList<string> Secrets => [FakeConnectWise.PrivateKey, FakeConnectWise.ClientId, FakeConnectWise.Credentials];

    public FaultPlan Faults => Server.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations => new Dictionary<string, Misconfiguration>
    {
        ["sign-in"] = Wrong(() => Server.IsKeyValid = false, () => Server.IsKeyValid = true, "401", "secret"),
        ["company"] = Wrong(() => _contoso["identifier"] = "gone", () => _contoso["identifier"] = "ContosoLtd", "Receiver:Customers (Contoso)", "Company 'ContosoLtd'"),
        ["deleted company"] = Wrong(() => _own["deletedFlag"] = true, () => _own["deletedFlag"] = false, "Receiver:CatchAll", "Company 'The \"MSP\" [Ltd]'"),
        ["board"] = Wrong(() => _service["name"] = "Other", () => _service["name"] = "Service \\ Desk", "Board 'Service \\ Desk'"),
        ["inactive board"] = Wrong(() => _alerts["inactiveFlag"] = true, () => _alerts["inactiveFlag"] = false, "Board 'Alerts' is inactive"),
        ["board for projects"] = Wrong(() => _alerts["projectFlag"] = true, () => _alerts["projectFlag"] = false, "Board 'Alerts' is a board for projects"),
        ["priority"] = Wrong(() => _high["name"] = "Low", () => _high["name"] = "Priority 2 - High", "Receiver:CatchAll", "Priority 'priority 2 - high'"),
        ["contact of another company"] = Wrong(
            () => _contact["company"]!["id"] = (int)_own["id"]!, () => _contact["company"]!["id"] = (int)_contoso["id"]!, "Contact 'Admin@contoso.example'"),
        ["two companies of one name"] = Wrong(
            () => Server.AddCompany("MSP2", "The \"MSP\" [Ltd]"), () => Server.Companies.RemoveAt(Server.Companies.Count - 1), "could be any of"),
    };

    public static async Task<ConnectWiseFixture> StartAsync()
    {
        var fixture = new ConnectWiseFixture();
        await fixture.Server.StartAsync();
        return fixture;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult(Server.Locked<IReadOnlyList<SeenTicket>>(() =>
    [
        .. Server.Tickets.Select(ticket =>
        {
            var texts = ((JsonArray)ticket["notes"]!).Select(note => (string)note!["text"]!).ToList();
            return new SeenTicket(
                ((int)ticket["id"]!).ToString(CultureInfo.InvariantCulture),
                $"{ticket["company"]!["name"]} / {ticket["board"]!["name"]}",
                (string)ticket["summary"]!,
                texts[0],
                texts[1..],
                !(bool)ticket["closedFlag"]!);
        }),
    ]));

    public Task CloseAsync(string reference) => Change(reference, ticket => ticket["closedFlag"] = true);

    public Task DeleteAsync(string reference) => Change(reference, ticket => Server.Tickets.Remove(ticket));

    public Task MoveAsync(string reference) =>
        Change(reference, ticket => ticket["board"] = new JsonObject { ["id"] = (int)_alerts["id"]!, ["name"] = (string)_alerts["name"]! });

    public Task AddForeignTicketAsync() => Task.FromResult(Server.Locked(() =>
    {
        var ticket = Server.AddTicket(_contoso, _service, "Printer on fire", "RMM-4711");
        Server.AddNote(ticket, "It burns.", isInternal: false);
        return ticket;
    }));

    public bool LoseKeys() => Server.LosesKeys = true;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Changes a ticket past the API.</summary>
    public Task Change(string reference, Action<JsonObject> change)
    {
        Server.Locked(() =>
        {
            change(Server.Tickets.Single(ticket => ticket["id"]!.ToString() == reference));
            return true;
        });
        return Task.CompletedTask;
    }

    private Misconfiguration Wrong(Action spoil, Action mend, params string[] told) => new(
        () =>
        {
            _ = Do(spoil);
            return Task.FromResult<IEnumerable<(string, string)>>([]);
        },
        () => Do(mend),
        told);

    private Task Do(Action action)
    {
        Server.Locked(() =>
        {
            action();
            return true;
        });
        return Task.CompletedTask;
    }

    private static string Destination(JsonObject company, JsonObject board) => $"{company["name"]} / {board["name"]}";
}
