using System.Text.Json;
using Smb1Exporter.TicketReceiver.Ticketing.Http;

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
        if (issue.Text("id") is not { Length: > 0 } id
            || issue.Text("key") is not { Length: > 0 } key
            || issue.Object("fields") is not { } fields
            || fields.Object("status")?.Object("statusCategory")?.Text("key") is not { Length: > 0 } category)
        {
            return null;
        }

        // A field that is not on any screen of the issue is left out, an empty one is null.
        IReadOnlyList<string> values = fields.Member(keyField) switch
        {
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } labels =>
                [.. labels.EnumerateArray().Where(label => label.ValueKind == JsonValueKind.String).Select(label => label.GetString()!)],
            _ => [],
        };
        return new JiraIssue(id, key, values, category == "done");
    }
}
