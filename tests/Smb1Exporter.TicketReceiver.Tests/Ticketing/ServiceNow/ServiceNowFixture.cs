using System.Text;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.ServiceNow;

/// <summary>A fake ServiceNow, and a receiver's settings for it.</summary>
internal sealed class ServiceNowFixture : IStatefulFixture
{
    private readonly TemporaryFolder _folder = new();

    private ServiceNowFixture()
    {
    }

    public FakeServiceNow ServiceNow { get; } = new();

    /// <summary>Settings of the ways to sign in.</summary>
    public IReadOnlyDictionary<string, (string Key, string Value)[]> SignIns => new Dictionary<string, (string, string)[]>
    {
        ["Basic"] = [("Receiver:ServiceNow:User", FakeServiceNow.User), ("Receiver:ServiceNow:PasswordFile", _folder["password"])],
        ["ApiKey"] = [("Receiver:ServiceNow:ApiKeyFile", _folder["key"])],
        ["OAuth"] = [("Receiver:ServiceNow:ClientId", "snow-client"), ("Receiver:ServiceNow:ClientSecretFile", _folder["secret"])],
    };

    public IReadOnlyList<(string Key, string Value)> Unsigned =>
    [
        ("Receiver:TicketingSystem", "ServiceNow"),
        ("Receiver:ServiceNow:Url", ServiceNow.Address.AbsoluteUri),
        ("Receiver:CatchAll:Company", "MSP"),
        ("Receiver:CatchAll:Queue", "alerts"),
        ("Receiver:CatchAll:Priority", "4"),
        ("Receiver:CatchAll:Contact", "smb1.alerts"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Company", "Contoso Ltd"),
        ("Receiver:Customers:0:Queue", FakeServiceNow.SysId("a2")),
        ("Receiver:Customers:0:Priority", "1/3"),
        ("Receiver:Customers:0:Contact", "it@contoso.example"),
    ];

    public IReadOnlyList<(string Key, string Value)> Settings => [.. Unsigned, .. SignIns["Basic"]];

    public string CatchAll => "c2/a1/23/e1";

    public string Contoso => "c1/a2/13/e2";

    public int LongestSubject => 160;

    public IReadOnlyList<string> Secrets =>
    [
        FakeServiceNow.UserPassword,
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FakeServiceNow.User}:{FakeServiceNow.UserPassword}")),
        FakeServiceNow.ApiKey,
        FakeServiceNow.ClientSecret,
        .. ServiceNow.Tokens,
    ];

    public FaultPlan Faults => ServiceNow.Faults;

    public IReadOnlyDictionary<string, Misconfiguration> Misconfigurations => new Dictionary<string, Misconfiguration>
    {
        ["password"] = Changed(now => now.Password = "another", now => now.Password = FakeServiceNow.UserPassword, "401", "Check the secret"),
        ["table"] = Set("Receiver:ServiceNow:Table", "u_alerts", "Receiver:ServiceNow:Table 'u_alerts'", "Invalid table"),
        ["field"] = Changed(now => now.Columns.Remove("correlation_id"), now => now.Columns["correlation_id"] = 100, "Receiver:ServiceNow:KeyField 'correlation_id'", "no such column"),
        ["group"] = Set("Receiver:CatchAll:Queue", "Alert", "Receiver:CatchAll: Queue 'Alert'", "no such record in sys_user_group"),
        ["group's sys_id"] = Set("Receiver:Customers:0:Queue", FakeServiceNow.SysId("a9"), "Receiver:Customers (Contoso): Queue", "no such record"),
        ["company"] = Changed(now => now.Companies.RemoveAt(1), now => now.Companies.Add(new() { ["sys_id"] = FakeServiceNow.SysId("c2"), ["name"] = "MSP" }), "Company 'MSP'", "core_company"),
        ["two callers"] = Changed(
            now => now.Users.Add(new(now.Users[0]) { ["sys_id"] = FakeServiceNow.SysId("e9") }), now => now.Users.RemoveAt(2), "Contact 'smb1.alerts'", "more than one"),
        ["caller"] = Set("Receiver:CatchAll:Contact", "nobody", "Receiver:CatchAll: Contact 'nobody'", "sys_user"),
        ["priority"] = Set("Receiver:CatchAll:Priority", "6", "Receiver:CatchAll: Priority '6'", "from 1 to 5"),
        ["query in a name"] = Set("Receiver:CatchAll:Queue", "x^ORnameSTARTSWITHA", "Receiver:CatchAll: Queue", "cannot be asked for"),
        ["script in a name"] = Set("Receiver:CatchAll:Company", "javascript:gs.getUserID()", "Receiver:CatchAll: Company", "cannot be asked for"),
        ["address"] = Set("Receiver:ServiceNow:Url", "http://127.0.0.1:1", "cannot be reached"),
    };

    public static async Task<ServiceNowFixture> StartAsync()
    {
        var fixture = new ServiceNowFixture();
        await File.WriteAllTextAsync(fixture._folder["password"], FakeServiceNow.UserPassword);
        await File.WriteAllTextAsync(fixture._folder["key"], FakeServiceNow.ApiKey);
        await File.WriteAllTextAsync(fixture._folder["secret"], FakeServiceNow.ClientSecret);
        await fixture.ServiceNow.StartAsync();
        return fixture;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult<IReadOnlyList<SeenTicket>>(
    [
        .. ServiceNow.Incidents.Select(seen => new SeenTicket(
            seen.Incident["number"],
            $"{End(seen.Incident, "company")}/{End(seen.Incident, "assignment_group")}/{seen.Incident["impact"]}{seen.Incident["urgency"]}/{End(seen.Incident, "caller_id")}",
            seen.Incident["short_description"],
            seen.Incident.GetValueOrDefault("description", ""),
            [.. seen.Journal.Select(entry => FakeServiceNow.Rendered(entry.Text))],
            seen.Incident["state"] is not ("6" or "7" or "8"))),
    ]);

    // As delivered, a resolved incident stays active until it is closed days later.
    public Task CloseAsync(string reference) => Do(() => ServiceNow.Change(reference, "state", "6"));

    public Task DeleteAsync(string reference) => Do(() => ServiceNow.Delete(reference));

    public Task MoveAsync(string reference) => Do(() => ServiceNow.Change(reference, "assignment_group", FakeServiceNow.SysId("a1")));

    public Task AddForeignTicketAsync() => Do(() => ServiceNow.Add("Printer is on fire"));

    public bool LoseKeys() => ServiceNow.LosesKeys = true;

    public async ValueTask DisposeAsync()
    {
        await ServiceNow.DisposeAsync();
        _folder.Dispose();
    }

    private Misconfiguration Changed(Action<FakeServiceNow> spoil, Action<FakeServiceNow> mend, params string[] told) => new(
        () =>
        {
            spoil(ServiceNow);
            return Task.FromResult<IEnumerable<(string, string)>>([]);
        },
        () => Do(() => mend(ServiceNow)),
        told);

    private static Misconfiguration Set(string key, string value, params string[] told) =>
        new(() => Task.FromResult<IEnumerable<(string, string)>>([(key, value)]), null, told);

    private static string End(Dictionary<string, string> incident, string column) => incident.GetValueOrDefault(column, "").TrimStart('0');

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
