using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Smb1Exporter.TicketReceiver.Tests.Fakes;

/// <summary>What people see of a description or a comment, and what markup in it did.</summary>
/// <param name="Text">As shown.</param>
/// <param name="Effects">Mentions, links and macros that came of it.</param>
internal sealed record ShownText(string Text, IReadOnlyList<string> Effects);

/// <summary>Renders texts as Jira does, as far as markup could come in from outside.</summary>
internal static partial class FakeJiraText
{
    /// <summary>Atlassian Document Format.</summary>
    /// <exception cref="FormatException">It is not valid.</exception>
    public static ShownText RenderDocument(JsonNode? document)
    {
        var effects = new List<string>();
        var root = document as JsonObject ?? throw new FormatException("INVALID_INPUT");
        Require((string?)root["type"] == "doc" && root["version"]?.GetValueKind() == JsonValueKind.Number && (int)root["version"]! == 1);
        return new ShownText(string.Join('\n', Content(root).Select(block => RenderNode(block, effects))), effects);
    }

    /// <summary>Wiki notation: {noformat} keeps text from being markup; mentions are looked for in the raw text.</summary>
    public static ShownText RenderWiki(string text)
    {
        var effects = Mention().Matches(text).Select(match => $"mention {match.Value}").ToList();
        var parts = NoFormat().Split(text);
        if (parts.Length % 2 == 0)
        {
            effects.Add("open {noformat}");
        }

        for (var part = 0; part < parts.Length; part++)
        {
            if (part % 2 == 0)
            {
                effects.AddRange(Markup().Matches(parts[part]).Select(match => $"markup {match.Value}"));
            }
        }

        return new ShownText(string.Concat(parts.Select((part, index) => index % 2 == 1 ? part.Trim('\n') : part)), effects);
    }

    private static string RenderNode(JsonNode? node, List<string> effects)
    {
        var type = (string?)node?["type"];
        switch (type)
        {
            case "paragraph":
                return string.Concat(Content(node!.AsObject()).Select(child => RenderNode(child, effects)));
            case "hardBreak":
                return "\n";
            case "text":
                var text = (string?)node!["text"];
                Require(!string.IsNullOrEmpty(text) && !text.Contains('\n', StringComparison.Ordinal));
                effects.AddRange(node["marks"] is JsonArray marks ? marks.Select(mark => $"mark {mark}") : []);
                return text!;
            default:
                effects.Add($"node {type}");
                return "";
        }
    }

    private static JsonArray Content(JsonObject node) => node["content"] as JsonArray ?? throw new FormatException("INVALID_INPUT");

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new FormatException("INVALID_INPUT");
        }
    }

    [GeneratedRegex(@"\[~[^\]]+\]")]
    private static partial Regex Mention();

    [GeneratedRegex(@"\{noformat(?::[^}]*)?\}", RegexOptions.IgnoreCase)]
    private static partial Regex NoFormat();

    [GeneratedRegex(@"\{[a-z]+[^}]*\}|\[[^\]]+\]|\\\S|![^!\s]+!|https?://\S+|^(h[1-6]|bq)\. |^[*#-]+ |\*\S[^*]*\*", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Markup();
}
