namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Composes queries in JQL. Pure.</summary>
internal static class Jql
{
    private const string CustomField = "customfield_";

    /// <summary>
    /// All issues that are not done and have the key in the field, oldest first. Labels are compared as a whole; a text field can only be
    /// searched for a phrase (Atlassian, JQL fields, Search syntax for text fields), so the caller compares what comes back.
    /// </summary>
    public static string OpenWithKey(string field, string key)
    {
        var condition = field == JiraOptions.Labels
            ? $"labels = {Quote(key)}"
            : $"cf[{field[CustomField.Length..]}] ~ {Quote(Quote(key))}";
        return $"{condition} AND statusCategory != Done ORDER BY created ASC, key ASC";
    }

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
