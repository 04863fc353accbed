using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>Reads members of an answer that may be of any form: what is not there, or of another kind, is null, false or empty. Pure.</summary>
internal static class JsonMembers
{
    /// <summary>A member of any kind; null when there is none.</summary>
    public static JsonElement? Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) ? member : null;

    /// <summary>A member that is an object; null when there is none.</summary>
    public static JsonElement? Object(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Object } member ? member : null;

    /// <summary>The items of a member that is a list; null when there is none.</summary>
    public static IReadOnlyList<JsonElement>? List(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Array } member ? [.. member.EnumerateArray()] : null;

    /// <summary>A member that is text; null when there is none.</summary>
    public static string? Text(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A member that is a whole number; null when there is none.</summary>
    public static long? Number(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether a member is true.</summary>
    public static bool IsTrue(this JsonElement parent, string name) => parent.Member(name) is { ValueKind: JsonValueKind.True };
}
