using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Smb1Exporter.TicketReceiver.PlainText;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.ServiceNow;

/// <summary>Composes the requests to ServiceNow. Pure. Names and parameters are those of its documentation, "Table API".</summary>
internal sealed partial class ServiceNowRequests(ServiceNowOptions options)
{
    /// <summary>How many records are asked for at once.</summary>
    public const int PageSize = 100;

    // The columns' lengths in a table task as delivered (sys_dictionary). What is longer is cut without a word.
    private const int LongestSummary = 160;
    private const int LongestDescription = 4000;

    // ServiceNow documentation, "Journal field type": 4000 characters unless set otherwise.
    private const int LongestNote = 4000;

    /// <summary>The column that a note is written to and read from.</summary>
    public string NoteField => options.NotesVisible ? "comments" : "work_notes";

    private string Fields => $"sys_id,number,{options.KeyField},active,state";

    /// <summary>The open tickets of a key, oldest first. ServiceNow drops a condition on a column that is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="page">From 0.</param>
    public TicketRequest Search(string key, int page) => Records(
        options.Table,
        EncodedQuery.All(
            EncodedQuery.Equal(options.KeyField, key), "active=true", EncodedQuery.NoneOf("state", options.ClosedStates), "ORDERBYsys_created_on"),
        Fields,
        PageSize,
        page * PageSize);

    /// <summary>Tickets that hold a text in the column of the key.</summary>
    public TicketRequest Probe(string text) => Records(options.Table, EncodedQuery.Equal(options.KeyField, text), Fields, 1);

    /// <summary>Any one ticket, with the columns that are used.</summary>
    public TicketRequest Sample() => Records(options.Table, "ORDERBYDESCsys_created_on", $"{Fields},{NoteField}", 1);

    /// <summary>The declarations of the key's column, and of one that every such table has.</summary>
    public TicketRequest Declarations() => Records(
        "sys_dictionary",
        EncodedQuery.All($"elementIN{options.KeyField},number", $"nameIN{options.Table},task,incident"),
        "element",
        PageSize);

    /// <summary>One ticket by the number that people call it, or by its sys_id; at most two so that a number which is not unique shows.</summary>
    public TicketRequest Read(string reference) => ServiceNowRoute.IsSysId(reference)
        ? Records(options.Table, EncodedQuery.Equal("sys_id", reference), Fields, 2)
        : Records(options.Table, EncodedQuery.Equal("number", reference), Fields, 2);

    /// <summary>A new ticket. ServiceNow ignores columns that are not there.</summary>
    public TicketRequest Create(TicketMessage message, ServiceNowRoute route)
    {
        var ticket = new JsonObject
        {
            ["short_description"] = TextLimits.Line(message.Subject, LongestSummary),
            ["description"] = TextLimits.Lines(message.Body, LongestDescription),
            [options.KeyField] = message.Key,
        };
        Add("company", route.Company);
        Add("assignment_group", route.Group);
        Add("caller_id", route.Caller);
        Add("impact", route.Priority?.Impact.ToString(CultureInfo.InvariantCulture));
        Add("urgency", route.Priority?.Urgency.ToString(CultureInfo.InvariantCulture));
        return TicketRequest.Post(Query($"api/now/table/{options.Table}", ("sysparm_fields", "sys_id,number")), ticket);

        void Add(string column, string? value)
        {
            if (value is not null)
            {
                ticket[column] = value;
            }
        }
    }

    /// <summary>The notes of a ticket as one text. Reading them so needs no right on the table of journal entries.</summary>
    public TicketRequest Notes(string sysId) => TicketRequest.Get(Query(
        $"api/now/table/{options.Table}/{TicketRequest.Escape(sysId)}", ("sysparm_fields", $"sys_id,{NoteField}"), ("sysparm_display_value", "true")));

    /// <summary>Writing to a journal column adds an entry.</summary>
    public TicketRequest AddNote(string sysId, TicketMessage message)
    {
        var room = LongestNote - message.Mark.Length - 2;
        var text = (message with { Body = TextLimits.Lines(Inert(message.Body), room) }).MarkedBody;
        return TicketRequest.Patch(
            Query($"api/now/table/{options.Table}/{TicketRequest.Escape(sysId)}", ("sysparm_fields", "sys_id")), new JsonObject { [NoteField] = text });
    }

    /// <summary>Records of a table where any of some columns has a value.</summary>
    public static TicketRequest Named(string table, IEnumerable<string> columns, string value) => Records(
        table, EncodedQuery.Any(columns.Select(column => EncodedQuery.Equal(column, value))), $"sys_id,{string.Join(',', columns)}", PageSize);

    private static TicketRequest Records(string table, string query, string fields, int limit, int offset = 0) => TicketRequest.Get(Query(
        $"api/now/table/{table}",
        ("sysparm_query", query),
        ("sysparm_fields", fields),
        ("sysparm_limit", limit.ToString(CultureInfo.InvariantCulture)),
        ("sysparm_offset", offset.ToString(CultureInfo.InvariantCulture))));

    private static string Query(string path, params (string Name, string Value)[] parameters) =>
        TicketRequest.Query(path, [.. parameters, ("sysparm_exclude_reference_link", "true")]);

    // Journal entries show what stands in code tags as HTML, and take "@[" for the beginning of a mention.
    private static string Inert(string text) =>
        CodeTag().Replace(text, "[ $1").Replace("@[", "@ [", StringComparison.Ordinal);

    [GeneratedRegex(@"\[(/?code\])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CodeTag();
}
