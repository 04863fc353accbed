using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

[assembly: AssemblyFixture(typeof(RequestTrackerPool))]

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.RequestTracker;

/// <summary>A real Request Tracker behind a proxy on which requests go wrong.</summary>
internal sealed class RequestTrackerFixture : IStatefulFixture
{
    private const string Alerts = "Alerts";
    private const string ContosoQueue = "Contoso";
    private const string Elsewhere = "Elsewhere";
    private readonly TemporaryFolder _folder;
    private readonly FaultyProxy _proxy;

    private RequestTrackerFixture(TemporaryFolder folder, RequestTrackerServer server, FaultyProxy proxy)
    {
        _folder = folder;
        Server = server;
        _proxy = proxy;
        Become(RequestTrackerServer.ReceiverUser);
    }

    public RequestTrackerServer Server { get; }

    public IReadOnlyList<SeenRequest> Seen => _proxy.Seen;

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "RequestTracker"),
        ("Receiver:RequestTracker:Url", _proxy.Address.ToString()),
        ("Receiver:RequestTracker:TokenFile", TokenFile),
        ("Receiver:CatchAll:Queue", Alerts),
        ("Receiver:Customers:0:Customer", ContosoQueue),
        ("Receiver:Customers:0:Queue", ContosoQueue),
    ];

    public string CatchAll => Alerts;

    public string Contoso => ContosoQueue;

    public int LongestSubject => 200;

    public IReadOnlyList<string> Secrets => [Server.TokenOf(RequestTrackerServer.ReceiverUser), Server.TokenOf("root")];

    public FaultPlan Faults => _proxy.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations => new Dictionary<string, Misconfiguration>
    {
        ["wrong token"] = Token("1-27-0123456789abcdef0123456789abcdef", "401", "Check the secret"),
        ["no rights"] = As("without-rights", "queue 'Alerts'", "SeeQueue"),
        ["may not open tickets"] = As("cannot-create", "queue 'Contoso'", "CreateTicket"),
        ["may not see the key's field"] = As("cannot-see-field", "Receiver:RequestTracker:KeyField", "'SMB1 Key'", "SeeCustomField"),
        ["wrong address"] = Wrong("Receiver:RequestTracker:Url", $"{_proxy.Address}nowhere/", "404", "Check Url"),
        ["queue that is missing"] = new(
            () => Task.FromResult<IEnumerable<(string, string)>>([("Receiver:CatchAll:Queue", "Nowhere")]),
            () => Server.AddQueueAsync("Nowhere"),
            "Receiver:CatchAll",
            "'Nowhere'"),
        ["queue that is disabled"] = new(
            async () =>
            {
                await Server.SetQueueDisabledAsync(ContosoQueue, true);
                return [];
            },
            () => Server.SetQueueDisabledAsync(ContosoQueue, false),
            "Receiver:Customers (Contoso)",
            "disabled"),
        ["field that is missing"] = Wrong("Receiver:RequestTracker:KeyField", "No Such Key", "'No Such Key'", "Create it"),
        ["field of another queue"] = Wrong("Receiver:RequestTracker:KeyField", "Alerts Key", "does not apply to queue 'Contoso'"),
        ["field of another type"] = Wrong("Receiver:RequestTracker:KeyField", "Chosen Key", "Enter one value"),
        ["two fields of one name"] = Wrong("Receiver:RequestTracker:KeyField", "Twin", "several custom fields 'Twin'"),
        ["field in other letters"] = Wrong("Receiver:RequestTracker:KeyField", "smb1 key", "written exactly so"),
        ["priority that is no number"] = Wrong("Receiver:CatchAll:Priority", "High", "Receiver:CatchAll", "Priority 'High'"),
        ["contact that is unknown"] = Wrong("Receiver:Customers:0:Contact", "nobody-such", "Contoso", "Contact 'nobody-such'"),
    };

    private string TokenFile => _folder["token"];

    /// <summary>Starts both, or skips the test where Request Tracker is not installed.</summary>
    public static async Task<RequestTrackerFixture> StartAsync()
    {
        Assert.SkipWhen(RequestTrackerServer.Missing is not null, RequestTrackerServer.Missing ?? "");
        var folder = new TemporaryFolder();
        var server = await RequestTrackerServer.StartAsync();
        var proxy = new FaultyProxy(server.Address);
        await proxy.StartAsync();
        return new RequestTrackerFixture(folder, server, proxy);
    }

    /// <summary>From now on the receiver asks as another user.</summary>
    public void Become(string user) => File.WriteAllText(TokenFile, Server.TokenOf(user));

    public async Task<IReadOnlyList<SeenTicket>> TicketsAsync() =>
    [
        .. (await Server.TicketsAsync()).Select(ticket => new SeenTicket(
            ticket.Id, ticket.Queue, ticket.Subject, ticket.Texts[0], [.. ticket.Texts.Skip(1)], RequestTrackerServer.IsOpen(ticket))),
    ];

    // Reading all of them takes two requests for each.
    public Task<string> NewestAsync() => Server.NewestTicketAsync();

    public Task CloseAsync(string reference) => Server.ResolveAsync(reference);

    public Task DeleteAsync(string reference) => Server.DeleteAsync(reference);

    public Task MoveAsync(string reference) => Server.MoveAsync(reference, Elsewhere);

    public Task AddForeignTicketAsync() => Server.AddTicketAsync(ContosoQueue, "SMB1 Traffic Detected on FS01");

    public bool LoseKeys()
    {
        Become("cannot-set-field");
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private Misconfiguration As(string user, params string[] told) => Token(Server.TokenOf(user), told);

    private Misconfiguration Token(string token, params string[] told) => new(
        async () =>
        {
            await File.WriteAllTextAsync(TokenFile, token);
            return [];
        },
        () =>
        {
            Become(RequestTrackerServer.ReceiverUser);
            return Task.CompletedTask;
        },
        told);

    private static Misconfiguration Wrong(string key, string value, params string[] told) =>
        new(() => Task.FromResult<IEnumerable<(string, string)>>([(key, value)]), null, told);
}
