using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Smb1Exporter.TicketReceiver.PlainText;

namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Makes of plain text what Jira shows as exactly that: no macro, link or mention comes out of a name from the network. Pure.</summary>
internal static partial class JiraText
{
    /// <summary>The longest summary, in characters ("Summary can't exceed 255 characters").</summary>
    public const int LongestSummary = 255;

    /// <summary>
    /// The longest description or comment, in characters: fixed in Jira Cloud (JRACLOUD-68949), the default of jira.text.field.character.limit in
    /// Data Center.
    /// </summary>
    public const int LongestText = 32767;

    private const string Fence = "{noformat}";

    private static readonly JsonSerializerOptions Counted = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>
    /// Atlassian Document Format (Jira Cloud, API 3): one paragraph of text nodes, in which nothing is markup. What Jira counts of it is not
    /// documented, so all of its JSON is held within the limit.
    /// </summary>
    /// <param name="text">Lines; cut between them where there is no room.</param>
    /// <param name="last">Lines that are never cut; may be empty.</param>
    public static JsonObject Document(string text, string last)
    {
        for (var longest = LongestText; ; longest = longest * 19 / 20)
        {
            var document = Document(TextLimits.Lines(text, longest) + last);
            if (document.ToJsonString(Counted).Length <= LongestText)
            {
                return document;
            }
        }
    }

    /// <summary>
    /// Wiki notation (Data Center, API 2) that shows text as it is: {noformat} "makes a preformatted block of text with no syntax highlighting"
    /// in which nothing is markup but its own end. Whether a mention in it still notifies is not documented, so one is broken up too.
    /// </summary>
    /// <param name="text">Lines; cut between them where there is no room.</param>
    /// <param name="last">Lines that are never cut; may be empty.</param>
    public static string Wiki(string text, string last)
    {
        var harmless = Harmful().Replace(text, "$1 ");
        var room = LongestText - (2 * (Fence.Length + 1)) - last.Length;
        return $"{Fence}\n{TextLimits.Lines(harmless, room)}{last}\n{Fence}";
    }

    /// <summary>Whether a text of either kind, as Jira gives it back, holds <paramref name="mark"/>.</summary>
    public static bool Holds(JsonElement text, string mark) => text.ValueKind switch
    {
        JsonValueKind.String => text.GetString()!.Contains(mark, StringComparison.Ordinal),
        JsonValueKind.Object => text.EnumerateObject().Any(property => Holds(property.Value, mark)),
        JsonValueKind.Array => text.EnumerateArray().Any(item => Holds(item, mark)),
        _ => false,
    };

    private static JsonObject Document(string text)
    {
        var content = new JsonArray();
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (index > 0)
            {
                content.Add((JsonNode)new JsonObject { ["type"] = "hardBreak" });
            }

            // An empty text node is invalid.
            if (line.Length > 0)
            {
                content.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = line });
            }
        }

        return new JsonObject
        {
            ["type"] = "doc",
            ["version"] = 1,
            ["content"] = new JsonArray(new JsonObject { ["type"] = "paragraph", ["content"] = content }),
        };
    }

    [GeneratedRegex(@"(\{(?=noformat)|\[(?=~))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Harmful();
}
