using System.Text.Json.Nodes;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Autotask;

public sealed class AutotaskContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await AutotaskFixture.StartAsync();
}

/// <summary>An Autotask with a catch-all company and one for customer "Contoso".</summary>
internal sealed class AutotaskFixture : IStatefulFixture
{
    private const long AlertsQueue = 29682833;
    private const long Complete = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly JsonObject _own;
    private readonly JsonObject _contoso;
    private readonly JsonObject _contact;

    private AutotaskFixture()
    {
        File.WriteAllText(_folder["secret"], FakeAutotask.Secret);
        _own = Server.AddCompany("The \"MSP\" & Co");
        _contoso = Server.AddCompany("Contoso Ltd");
        _contact = Server.AddContact(_contoso, "admin@contoso.example");
    }

    public FakeAutotask Server { get; } = new();

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "Autotask"),
        ("Receiver:Autotask:Url", $"{Server.Address}atservicesrest/"),
        ("Receiver:Autotask:UserName", FakeAutotask.UserName),
        ("Receiver:Autotask:SecretFile", _folder["secret"]),
        ("Receiver:Autotask:IntegrationCode", FakeAutotask.IntegrationCode),
        ("Receiver:Autotask:ClosedStatuses", "5, Done by customer"),
        ("Receiver:CatchAll:Company", "The \"MSP\" & Co"),
        ("Receiver:CatchAll:Queue", "Alerts"),
        ("Receiver:CatchAll:Priority", "medium"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Company", $"{_contoso["id"]}"),
        ("Receiver:Customers:0:Queue", "level i support"),
        ("Receiver:Customers:0:Contact", "Admin@contoso.example"),
    ];

    public string CatchAll => $"{_own["id"]} / {AlertsQueue}";

    public string Contoso => $"{_contoso["id"]} / 29683354";

    public int LongestSubject => 255;

    public IReadOnlyList<string> Secrets => [FakeAutotask.Secret];

    public FaultPlan Faults => Server.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations => new Dictionary<string, Misconfiguration>
    {
        ["sign-in"] = Wrong(() => Server.IsSecretValid = false, () => Server.IsSecretValid = true, "401", "secret"),
        ["key field missing"] = Wrong(
            () => TicketField("externalID")["name"] = "hidden", () => TicketField("hidden")["name"] = "externalID", "no field externalID", "security level"),
        ["key field read-only"] = Wrong(
            () => TicketField("externalID")["isReadOnly"] = true, () => TicketField("externalID")["isReadOnly"] = false, "externalID", "cannot be set or searched"),
        ["key field not queryable"] = Wrong(
            () => TicketField("externalID")["isQueryable"] = false, () => TicketField("externalID")["isQueryable"] = true, "externalID", "cannot be set or searched"),
        ["key field short"] = Wrong(() => TicketField("externalID")["length"] = 40, () => TicketField("externalID")["length"] = 50, "holds 40 characters"),
        ["company by name"] = Wrong(
            () => _own["companyName"] = "Other", () => _own["companyName"] = "The \"MSP\" & Co", "Receiver:CatchAll, Company: 'The \"MSP\" & Co' is no company"),
        ["company by number"] = Wrong(
            () => _contoso["isActive"] = false, () => _contoso["isActive"] = true, "Receiver:Customers (Contoso), Company", "is inactive"),
        ["two companies of one name"] = Wrong(
            () => Server.AddCompany("The \"MSP\" & Co"), () => Server.Companies.RemoveAt(Server.Companies.Count - 1), "could be any of"),
        ["queue"] = Wrong(() => Queue["isActive"] = false, () => Queue["isActive"] = true, "Receiver:CatchAll, Queue: 'Alerts'", "Set it to one of Level I Support"),
        ["priority"] = Wrong(() => Priority["isActive"] = false, () => Priority["isActive"] = true, "Receiver:CatchAll, Priority: 'medium'", "one of High, Low"),
        ["contact of another company"] = Wrong(
            () => _contact["companyID"] = (long)_own["id"]!, () => _contact["companyID"] = (long)_contoso["id"]!, "Contact: 'Admin@contoso.example'"),
        ["note type"] = Wrong(() => NoteType["isActive"] = false, () => NoteType["isActive"] = true, "Receiver:Autotask:NoteType", "Task Notes"),
        ["nobody internal"] = Wrong(() => Publish["isActive"] = false, () => Publish["isActive"] = true, "Receiver:Autotask:NotePublish", "All Autotask Users"),
        ["status"] = new(() => With("Receiver:Autotask:NewStatus", "Newish"), null, "Receiver:Autotask:NewStatus: 'Newish'", "New, Complete"),
        ["new is closed"] = new(() => With("Receiver:Autotask:NewStatus", "Complete"), null, "is one of ClosedStatuses"),
    };

    private JsonNode Queue => FakeAutotask.Item(Server.TicketFields, "queueID", "Alerts");

    private JsonNode Priority => FakeAutotask.Item(Server.TicketFields, "priority", "Medium");

    private JsonNode NoteType => FakeAutotask.Item(Server.NoteFields, "noteType", "Task Summary");

    private JsonNode Publish => FakeAutotask.Item(Server.NoteFields, "publish", "Internal Project Team");

    public static async Task<AutotaskFixture> StartAsync()
    {
        var fixture = new AutotaskFixture();
        await fixture.Server.StartAsync();
        return fixture;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult(Server.Locked<IReadOnlyList<SeenTicket>>(() =>
    [
        .. Server.Tickets.Select(ticket => new SeenTicket(
            ticket["id"]!.ToString(),
            $"{ticket["companyID"]} / {ticket["queueID"]}",
            (string)ticket["title"]!,
            (string)ticket["description"]!,
            [.. Server.Notes.Where(note => (long)note["ticketID"]! == (long)ticket["id"]!).Select(note => (string)note["description"]!)],
            (long)ticket["status"]! != Complete)),
    ]));

    public Task CloseAsync(string reference) => Change(reference, ticket => ticket["status"] = Complete);

    public Task DeleteAsync(string reference) => Change(reference, ticket => Server.Tickets.Remove(ticket));

    public Task MoveAsync(string reference) => Change(reference, ticket => ticket["queueID"] = AlertsQueue);

    public Task AddForeignTicketAsync() => Task.FromResult(Server.Locked(() => Server.AddTicket(new JsonObject
    {
        ["companyID"] = (long)_contoso["id"]!,
        ["queueID"] = AlertsQueue,
        ["title"] = "Printer on fire",
        ["description"] = "It burns.",
        ["externalID"] = "RMM-4711",
        ["status"] = 1L,
    })));

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

    private JsonNode TicketField(string name) => FakeAutotask.FieldOf(Server.TicketFields, name);

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

    private static Task<IEnumerable<(string Key, string Value)>> With(string key, string value) =>
        Task.FromResult<IEnumerable<(string, string)>>([(key, value)]);
}
