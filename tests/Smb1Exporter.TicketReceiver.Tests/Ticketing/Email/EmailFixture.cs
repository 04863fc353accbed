using System.Text;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Fakes;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Email;

/// <summary>A mail server and a service desk behind it.</summary>
internal sealed class EmailFixture(FakeSmtpOptions? options = null) : ITicketingFixture
{
    private readonly TemporaryFolder _folder = new();

    public FakeSmtpServer Server { get; } = new(options);

    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Receiver:TicketingSystem", "Email"),
        ("Receiver:Email:Host", "127.0.0.1"),
        ("Receiver:Email:Port", $"{Server.Port}"),
        ("Receiver:Email:Security", "None"),
        ("Receiver:Email:User", FakeSmtpOptions.User),
        ("Receiver:Email:PasswordFile", PasswordFile(FakeSmtpOptions.Password)),
        ("Receiver:Email:From", "SMB1 monitor <smb1@msp.example>"),
        ("Receiver:CatchAll:Contact", "desk@example.com"),
        ("Receiver:Customers:0:Customer", "Contoso"),
        ("Receiver:Customers:0:Contact", "contoso@example.com"),
    ];

    public string CatchAll => "desk@example.com";

    public string Contoso => "contoso@example.com";

    public int LongestSubject => 255;

    public IReadOnlyList<string> Secrets =>
    [
        FakeSmtpOptions.Password,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeSmtpOptions.Password)),
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{FakeSmtpOptions.User}\0{FakeSmtpOptions.Password}")),
    ];

    public FaultPlan Faults => Server.Faults;

    public bool AsksForTime => false;

    public string this[string file] => _folder[file];

    public string PasswordFile(string password)
    {
        var file = _folder["password"];
        File.WriteAllText(file, password);
        return file;
    }

    public Task<IReadOnlyList<SeenTicket>> TicketsAsync() => Task.FromResult<IReadOnlyList<SeenTicket>>(
    [
        .. Server.Desk.Tickets.Select(ticket => new SeenTicket(
            ticket.First.MessageId!,
            ticket.Recipient,
            ticket.First.Subject!,
            FakeDesk.TextOf(ticket.First),
            [.. ticket.Mails.Skip(1).Select(FakeDesk.TextOf)],
            true)),
    ]);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
