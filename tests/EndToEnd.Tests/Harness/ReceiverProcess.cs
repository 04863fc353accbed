using System.Net.Http.Headers;
using System.Net.Http.Json;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>A ticket as GET /api/tickets shows it.</summary>
internal sealed record Ticket(long Id, string Subject, string Body, string State, IReadOnlyList<TicketNote> Notes)
{
    public bool IsClosed => State == "closed";
}

internal sealed record TicketNote(string Body);

/// <summary>smb1-ticket-receiver as a process, on 127.0.0.1, with its built-in ticketing system.</summary>
internal sealed class ReceiverProcess : HttpServerProcess
{
    private ReceiverProcess(ChildProcess process, int port, string tokenFile)
        : base(process, port)
    {
        TokenFile = tokenFile;
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public string TokenFile { get; }

    public string Token => File.ReadAllText(TokenFile).Trim();

    /// <summary>Starts it in <paramref name="folder"/> and waits until it is ready.</summary>
    public static Task<ReceiverProcess> StartAsync(string folder, params IEnumerable<string> arguments) => StartAsync(folder, null, arguments);

    /// <summary>The same, with variables of its own in its environment.</summary>
    public static Task<ReceiverProcess> StartAsync(
        string folder, IReadOnlyDictionary<string, string?>? environment, params IEnumerable<string> arguments) =>
        LaunchAsync(folder, all => ChildProcess.Start(Programs.Receiver, all, environment), arguments);

    /// <summary>The same, started as <paramref name="launch"/> does with all its arguments.</summary>
    public static Task<ReceiverProcess> LaunchAsync(
        string folder, Func<IEnumerable<string>, ChildProcess> launch, params IEnumerable<string> arguments)
    {
        var tokenFile = Path.Combine(folder, "smb1-ticket-receiver.token");
        File.WriteAllText(tokenFile, Guid.NewGuid().ToString("N"));
        File.SetUnixFileMode(tokenFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return FreePorts.StartAsync(port => WhenReadyAsync(
            new ReceiverProcess(
                launch(
                [
                    $"--Receiver:Database={Path.Combine(folder, "tickets.db")}",
                    $"--Receiver:TokenFile={tokenFile}",
                    .. arguments,
                    "--urls",
                    $"http://127.0.0.1:{port}",
                ]),
                port,
                tokenFile),
            "/-/ready"));
    }

    /// <summary>All tickets, the oldest first.</summary>
    public async Task<IReadOnlyList<Ticket>> TicketsAsync() =>
        [.. (await Http.GetFromJsonAsync<List<Ticket>>("/api/tickets"))!.OrderBy(ticket => ticket.Id)];
}
