using System.Globalization;
using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>An item of a picklist.</summary>
/// <param name="Number">What the API takes.</param>
/// <param name="Label">What people see.</param>
/// <param name="IsActive">Whether it can be chosen.</param>
internal sealed record AutotaskItem(long Number, string Label, bool IsActive);

/// <summary>A field of an entity.</summary>
/// <param name="Length">The longest text, in characters; 0 where that is not told.</param>
/// <param name="IsReadOnly">Whether the API user may not set it.</param>
/// <param name="IsQueryable">Whether tickets can be found by it.</param>
/// <param name="Items">Its picklist; empty where it has none.</param>
internal sealed record AutotaskField(int Length, bool IsReadOnly, bool IsQueryable, IReadOnlyList<AutotaskItem> Items);

/// <summary>The fields of an entity as entityInformation/fields tells them ("The entityInformation REST API call", "Understanding picklists"). Pure.</summary>
internal sealed class AutotaskFields
{
    /// <summary>The longest title of a ticket where the tenant does not tell it (entity Tickets).</summary>
    public const int TitleLength = 255;

    /// <summary>The longest description of a ticket (entity Tickets).</summary>
    public const int DescriptionLength = 8000;

    /// <summary>The longest title of a note (entity TicketNotes).</summary>
    public const int NoteTitleLength = 250;

    /// <summary>The longest description of a note: the smallest that any version of the entity TicketNotes documents.</summary>
    public const int NoteLength = 3200;

    private readonly IReadOnlyDictionary<string, AutotaskField> _fields;

    private AutotaskFields(IReadOnlyDictionary<string, AutotaskField> fields) => _fields = fields;

    /// <summary>Null when the answer is none.</summary>
    public static AutotaskFields? Parse(JsonElement answer)
    {
        if (answer.List("fields") is not { } list)
        {
            return null;
        }

        var fields = new Dictionary<string, AutotaskField>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in list)
        {
            fields[field.Text("name") ?? ""] = new AutotaskField(
                (int)Math.Min(field.Number("length") ?? 0, int.MaxValue),
                AutotaskAnswers.IsTrueOrOne(field, "isReadOnly"),
                AutotaskAnswers.IsTrueOrOne(field, "isQueryable"),
                [.. (field.List("picklistValues") ?? []).Select(Item).OfType<AutotaskItem>()]);
        }

        return new AutotaskFields(fields);
    }

    /// <summary>A field; null when there is none.</summary>
    public AutotaskField? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>How long a text may be.</summary>
    /// <param name="name">The field.</param>
    /// <param name="otherwise">Where the tenant does not tell it.</param>
    public int LengthOf(string name, int otherwise) => Find(name) is { Length: > 0 } field ? field.Length : otherwise;

    private static AutotaskItem? Item(JsonElement item) =>
        item.Text("value") is { } value && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? new AutotaskItem(number, item.Text("label") ?? "", AutotaskAnswers.IsTrueOrOne(item, "isActive"))
            : null;
}
