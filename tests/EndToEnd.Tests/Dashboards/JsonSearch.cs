using System.Text.Json;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>Looks through JSON.</summary>
internal static class JsonSearch
{
    /// <summary>The values of every member of that name, at any depth; not those inside of what is found.</summary>
    public static IEnumerable<JsonElement> Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member =>
            member.Name == name ? [member.Value] : Find(member.Value, name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Find(item, name)),
        _ => [],
    };
}
