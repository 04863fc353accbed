using System.Text.Json.Nodes;

namespace Smb1Exporter.TicketReceiver.Ticketing.Autotask;

/// <summary>What a check found out about the tenant for the settings.</summary>
/// <param name="NewStatus">The number of the status of a new ticket.</param>
/// <param name="ClosedStatuses">The numbers of the statuses in which a ticket is closed.</param>
/// <param name="NoteType">The number of the type of a note.</param>
/// <param name="NotePublish">The number of who sees a note.</param>
/// <param name="LongestTitle">The longest title of a ticket, in characters.</param>
/// <param name="LongestDescription">The longest description of a ticket, in characters.</param>
/// <param name="LongestNoteTitle">The longest title of a note, in characters.</param>
/// <param name="LongestNote">The longest description of a note, in characters.</param>
internal sealed record AutotaskSetup(
    JsonNode NewStatus,
    IReadOnlyList<JsonNode> ClosedStatuses,
    JsonNode NoteType,
    JsonNode NotePublish,
    int LongestTitle,
    int LongestDescription,
    int LongestNoteTitle,
    int LongestNote)
{
    /// <summary>The setup as far as the settings tell it, to show where nothing was looked up.</summary>
    public static AutotaskSetup ToShow(AutotaskOptions options) => new(
        Shown("NewStatus", options.NewStatus),
        [.. options.ClosedStatuses.Select(status => Shown("ClosedStatuses", status))],
        Shown("NoteType", options.NoteType),
        Shown("NotePublish", options.NotePublish ?? "Internal…"),
        AutotaskFields.TitleLength,
        AutotaskFields.DescriptionLength,
        AutotaskFields.NoteTitleLength,
        AutotaskFields.NoteLength);

    /// <summary>Whether a ticket in this status is closed.</summary>
    public bool IsClosed(long status) => ClosedStatuses.Any(closed => closed.GetValue<long>() == status);

    private static JsonNode Shown(string setting, string value) => long.TryParse(value, out var number) ? number : $"(number of {setting} {value})";
}
