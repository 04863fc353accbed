using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>One HTTP request to a ticketing system, before it is signed. Pure.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">Relative to the system's address, escaped, with its query.</param>
/// <param name="Body">JSON; null for none.</param>
internal sealed record TicketRequest(HttpMethod Method, string Path, JsonNode? Body = null)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for people, never for HTML
    };

    /// <summary>Headers beside those of the sign-in.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static TicketRequest Get(string path) => new(HttpMethod.Get, path);

    public static TicketRequest Post(string path, JsonNode body) => new(HttpMethod.Post, path, body);

    public static TicketRequest Put(string path, JsonNode body) => new(HttpMethod.Put, path, body);

    public static TicketRequest Patch(string path, JsonNode body) => new(HttpMethod.Patch, path, body);

    /// <summary>A path with a query; names and values are escaped here.</summary>
    public static string Query(string path, params (string Name, string Value)[] parameters) =>
        $"{path}?{string.Join('&', parameters.Select(pair => $"{Escape(pair.Name)}={Escape(pair.Value)}"))}";

    /// <summary>Makes text fit for one part of a path or a query.</summary>
    public static string Escape(string text) => Uri.EscapeDataString(text);

    /// <summary>Method, address, headers and body for people.</summary>
    /// <param name="address">The system's address.</param>
    public string Describe(Uri address)
    {
        var text = new StringBuilder($"{Method} {new Uri(address, Path).AbsoluteUri}");
        foreach (var (name, value) in Headers)
        {
            text.Append('\n').Append(name).Append(": ").Append(value);
        }

        return Body is null ? text.ToString() : text.Append("\n\n").Append(Body.ToJsonString(Readable)).ToString();
    }
}
