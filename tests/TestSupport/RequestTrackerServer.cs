using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Smb1Exporter.TestSupport;

/// <summary>A ticket as a technician sees it in Request Tracker.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Queue">The queue's name.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Status">Its status.</param>
/// <param name="Priority">Its priority, usually 0 to 100.</param>
/// <param name="Requestors">Those who are told of answers.</param>
/// <param name="Fields">The custom fields that are shown and have a value, by name.</param>
/// <param name="Texts">The text it was opened with, then its comments and answers, oldest first.</param>
public sealed record RequestTrackerTicket(
    string Id,
    string Queue,
    string Subject,
    string Status,
    string Priority,
    IReadOnlyList<string> Requestors,
    IReadOnlyDictionary<string, string> Fields,
    IReadOnlyList<string> Texts);

/// <summary>
/// A private Request Tracker 5 on 127.0.0.1 and a free port, all of whose files lie in one folder. Needs Debian's request-tracker5,
/// rt5-standalone and rt5-db-sqlite. <see cref="HttpServerProcess.Http"/> asks as root, its administrator.
/// </summary>
public sealed class RequestTrackerServer : HttpServerProcess
{
    /// <summary>The program that sets a database up.</summary>
    internal const string SetUpProgram = "/usr/sbin/rt-setup-database-5";

    /// <summary>The user that a receiver is: it has the rights that the documentation asks for, and no others.</summary>
    public const string ReceiverUser = "smb1";

    private const string ServerProgram = "/usr/share/request-tracker5/libexec/rt-server";
    private const string Administrator = "root";
    private const int LargestPage = 100;
    private static readonly string[] OpenStatuses = ["new", "open", "stalled"];

    private readonly RequestTrackerTemplate _template;
    private readonly string _folder;
    private TemporaryFolder? _pooledIn;

    private RequestTrackerServer(ChildProcess process, int port, string folder, RequestTrackerTemplate template)
        : base(process, port)
    {
        _template = template;
        _folder = folder;
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", TokenOf(Administrator));
    }

    /// <summary>Why tests that need a real Request Tracker are to be skipped; null where it is installed.</summary>
    public static string? Missing => Array.TrueForAll(["request-tracker5", "rt5-standalone", "rt5-db-sqlite"], IsInstalled)
        ? null
        : "needs Debian's request-tracker5, rt5-standalone and rt5-db-sqlite";

    /// <summary>All mail it sent.</summary>
    public string SentMail => string.Concat(MailFiles.Select(File.ReadAllText));

    private IEnumerable<string> MailFiles => Directory.EnumerateFiles(Path.Combine(_folder, "var"), "*.mbox");

    /// <summary>The token of a user of RequestTracker/initialdata.pl.</summary>
    public string TokenOf(string user) => _template.Tokens[user];

    /// <summary>Whether a status is one of those in which work is left.</summary>
    public static bool IsOpen(RequestTrackerTicket ticket) => OpenStatuses.Contains(ticket.Status, StringComparer.Ordinal);

    /// <summary>One as new, for one test; the next test gets it once it is disposed.</summary>
    public static Task<RequestTrackerServer> StartAsync() => RequestTrackerPool.TakeAsync();

    /// <summary>Starts one of the test's own.</summary>
    /// <param name="folder">Where its files will lie. It must exist and is the test's to remove.</param>
    /// <param name="library">Where further Perl modules lie, as in Request Tracker's local library; null for none.</param>
    public static async Task<RequestTrackerServer> StartAsync(string folder, string? library = null)
    {
        var template = await RequestTrackerTemplate.GetAsync();
        File.Copy(template.Database, RequestTrackerTemplate.DatabaseIn(folder));
        return await FreePorts.StartAsync(async port => await WhenReadyAsync(
            new RequestTrackerServer(
                ChildProcess.Start(
                    ServerProgram,
                    ["--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--max-workers", "2", "--err-respawn-interval", "0"],
                    new Dictionary<string, string?>(RequestTrackerTemplate.Configure(folder, port)) { ["PERL5LIB"] = library }),
                port,
                folder,
                template),
            "/static/images/favicon.png"));
    }

    internal static async Task<RequestTrackerServer> StartPooledAsync()
    {
        var folder = new TemporaryFolder();
        try
        {
            var server = await StartAsync(folder.Path);
            server._pooledIn = folder;
            return server;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    internal async Task EndAsync()
    {
        await base.LeaveAsync();
        _pooledIn?.Dispose();
    }

    protected override async Task LeaveAsync()
    {
        if (_pooledIn is null || Process.HasExited)
        {
            await EndAsync();
            return;
        }

        try
        {
            await BecomeNewAsync();
        }
        catch
        {
            await EndAsync();
            throw;
        }

        RequestTrackerPool.GiveBack(this);
    }

    /// <summary>All tickets that are not deleted and not merged into others, oldest first.</summary>
    public async Task<IReadOnlyList<RequestTrackerTicket>> TicketsAsync()
    {
        var tickets = new List<RequestTrackerTicket>();
        foreach (var item in await AllAsync("tickets?query=id>0&fields=Subject,Status,Priority,Queue,Requestor,CustomFields&fields[Queue]=Name"))
        {
            tickets.Add(await ReadAsync(item));
        }

        return tickets;
    }

    /// <summary>The number of the ticket that was opened last.</summary>
    public async Task<string> NewestTicketAsync() =>
        (await GetAsync("tickets?query=id>0&orderby=id&order=DESC&per_page=1")).GetProperty("items")[0].GetProperty("id").GetString()!;

    /// <summary>Opens a ticket as root.</summary>
    /// <returns>Its number.</returns>
    public async Task<string> AddTicketAsync(string queue, string subject, IReadOnlyDictionary<string, string>? fields = null) =>
        (await SendAsync(HttpMethod.Post, "ticket", new { Queue = queue, Subject = subject, Content = subject, ContentType = "text/plain", CustomFields = fields }))
        .GetProperty("id").GetString()!;

    /// <summary>Adds a comment as root.</summary>
    public Task CommentAsync(string ticket, string text) =>
        SendAsync(HttpMethod.Post, $"ticket/{ticket}/comment", new { Content = text, ContentType = "text/plain" });

    /// <summary>Closes a ticket.</summary>
    public Task ResolveAsync(string ticket) => ChangeTicketAsync(ticket, new { Status = "resolved" });

    /// <summary>Moves a ticket into another queue.</summary>
    public Task MoveAsync(string ticket, string queue) => ChangeTicketAsync(ticket, new { Queue = queue });

    /// <summary>Merges a ticket into another.</summary>
    public Task MergeAsync(string ticket, string into) => ChangeTicketAsync(ticket, new { MergeInto = into });

    /// <summary>Deletes a ticket as technicians can: it gets the status "deleted" and is shown nowhere.</summary>
    public Task DeleteAsync(string ticket) => SendAsync(HttpMethod.Delete, $"ticket/{ticket}");

    public Task AddQueueAsync(string name) => SendAsync(HttpMethod.Post, "queue", new { Name = name });

    /// <summary>Disables or enables a queue.</summary>
    public Task SetQueueDisabledAsync(string name, bool disabled) => SendAsync(HttpMethod.Put, $"queue/{name}", new { Disabled = disabled ? 1 : 0 });

    // Its workers alone hold the database, and what they remember of it. Asked to end, one waits for minutes where a client holds a connection on which it
    // has sent nothing.
    private async Task BecomeNewAsync()
    {
        await Process.KillChildrenAsync();
        var database = RequestTrackerTemplate.DatabaseIn(_folder);
        File.Delete($"{database}-journal");
        File.Copy(_template.Database, database, overwrite: true);
        foreach (var mail in MailFiles)
        {
            File.Delete(mail);
        }
    }

    private static bool IsInstalled(string package) => File.Exists($"/var/lib/dpkg/info/{package}.list");

    // Request Tracker answers 200 with a text that says no, too: what was asked for is read back.
    private async Task ChangeTicketAsync<T>(string ticket, T change)
    {
        var answer = await SendAsync(HttpMethod.Put, $"ticket/{ticket}", change);
        var text = answer.ToString();
        if (!text.Contains("changed from", StringComparison.Ordinal) && !text.Contains("Merge Successful", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"Ticket {ticket} was not changed: {text}");
        }
    }

    private async Task<RequestTrackerTicket> ReadAsync(JsonElement item)
    {
        var id = item.GetProperty("id").GetString()!;
        var fields = item.GetProperty("CustomFields") is { ValueKind: JsonValueKind.Array } shown
            ? shown.EnumerateArray().Where(field => field.GetProperty("values").GetArrayLength() > 0)
                .ToDictionary(field => field.GetProperty("name").GetString()!, field => field.GetProperty("values")[0].GetString()!)
            : [];
        return new RequestTrackerTicket(
            id,
            item.GetProperty("Queue").GetProperty("Name").GetString()!,
            item.GetProperty("Subject").GetString()!,
            item.GetProperty("Status").GetString()!,
            item.GetProperty("Priority").ToString(),
            [.. item.GetProperty("Requestor").EnumerateArray().Select(user => user.GetProperty("id").GetString()!)],
            fields,
            await TextsAsync(id));
    }

    // Mail that was sent is kept with the ticket too.
    private async Task<IReadOnlyList<string>> TextsAsync(string ticket)
    {
        var written = (await AllAsync($"ticket/{ticket}/history?fields=Type"))
            .Where(item => item.GetProperty("Type").GetString() is "Create" or "Comment" or "Correspond")
            .Select(item => item.GetProperty("id").GetString())
            .ToHashSet();
        return
        [
            .. (await AllAsync($"ticket/{ticket}/attachments?fields=Content,TransactionId"))
                .Where(item => written.Contains(item.GetProperty("TransactionId").GetString()))
                .Select(item => item.GetProperty("Content").GetString()!),
        ];
    }

    private async Task<IReadOnlyList<JsonElement>> AllAsync(string path)
    {
        var all = new List<JsonElement>();
        for (var page = 1; ; page++)
        {
            var items = (await GetAsync($"{path}&orderby=id&per_page={LargestPage}&page={page}")).GetProperty("items");
            all.AddRange(items.EnumerateArray());
            if (items.GetArrayLength() < LargestPage)
            {
                return all;
            }
        }
    }

    private async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>($"/REST/2.0/{path}");

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/REST/2.0/{path}") { Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Default) };
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text)
            : throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode} {text}");
    }
}
