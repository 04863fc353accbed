using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Smb1Exporter.Commands;

/// <summary>Prints what <c>check</c> found: lines for people, or one JSON document for programs.</summary>
internal static class FindingsWriter
{
    private static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the findings.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="host">The server as its series name it; only in JSON.</param>
    /// <param name="json">Whether it is to be JSON.</param>
    /// <param name="output">Where to.</param>
    /// <returns>The exit code: 0 without a fault, 1 with any.</returns>
    public static async Task<int> WriteAsync(IReadOnlyList<Finding> findings, string host, bool json, TextWriter output)
    {
        var faults = findings.Count(finding => finding.IsFault);
        if (json)
        {
            await output.WriteLineAsync(ToJson(findings, host, faults));
        }
        else
        {
            foreach (var finding in findings)
            {
                await output.WriteLineAsync(finding.ToString());
            }

            await output.WriteLineAsync(faults == 0 ? "No fault found." : $"{Figures.Count(faults, "fault")} found.");
        }

        return faults == 0 ? 0 : 1;
    }

    private static string ToJson(IReadOnlyList<Finding> findings, string host, int faults)
    {
        using var content = new MemoryStream();
        using (var writer = new Utf8JsonWriter(content, Json))
        {
            writer.WriteStartObject();
            writer.WriteString("version", ProgramVersion.Version);
            writer.WriteString("host", host);
            writer.WriteNumber("faults", faults);
            writer.WriteStartArray("findings");
            foreach (var finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("level", finding.LevelName);
                writer.WriteString("subject", finding.Subject);
                writer.WriteString("text", finding.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }
}
