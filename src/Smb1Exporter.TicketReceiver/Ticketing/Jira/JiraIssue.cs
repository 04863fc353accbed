using System.Text.Json;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>What an answer says of an issue.</summary>
/// <param name="Id">Its number, which stays when it is moved.</param>
/// <param name="Key">What people call it, such as OPS-12.</param>
/// <param name="KeyField">What its field for our key holds: the text, or each label.</param>
/// <param name="IsDone">Whether its status is in the category Done.</param>
internal sealed record JiraIssue(string Id, string Key, IReadOnlyList<string> KeyField, bool IsDone)
{
    /// <summary>Whether the field holds the key and nothing else; other labels may stand beside it.</summary>
    public bool Carries(string key) => KeyField.Contains(key, StringComparer.Ordinal);

    /// <summary>Whether a phrase search for the key may have found it: the key is part of what the field holds.</summary>
    public bool Mentions(string key) => KeyField.Any(value => value.Contains(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads an issue; null when the answer is none.</summary>
    public static JiraIssue? Read(JsonElement issue, string keyField)
    {
        if (!TryText(issue, "id", out var id)
            || !TryText(issue, "key", out var key)
            || !TryObject(issue, "fields", out var fields)
            || !TryObject(fields, "status", out var status)
            || !TryObject(status, "statusCategory", out var category)
            || !TryText(category, "key", out var categoryKey))
        {
            return null;
        }

        // A field that is not on any screen of the issue is left out, an empty one is null.
        IReadOnlyList<string> values = fields.TryGetProperty(keyField, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => [value.GetString()!],
                JsonValueKind.Array => [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
                _ => [],
            }
            : [];
        return new JiraIssue(id, key, values, categoryKey == "done");
    }

    private static bool TryObject(JsonElement parent, string name, out JsonElement value)
    {
        value = default;
        return parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out value) && value.ValueKind == JsonValueKind.Object;
    }

    private static bool TryText(JsonElement parent, string name, out string value)
    {
        value = parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : "";
        return value.Length > 0;
    }
}
