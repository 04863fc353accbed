using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>What a run of <see cref="SmbServerScript"/> printed, taken strictly: the marked lines, each known, each once, the last one "end".</summary>
internal sealed class SmbServerReply
{
    private static readonly string[] Flags = ["EnableSMB1Protocol", "AuditSmb1Access", "set"];
    private static readonly string[] Names = [.. Flags, "error", "category", "hresult"];

    private readonly Dictionary<string, string> _values;

    private SmbServerReply(Dictionary<string, string> values) => _values = values;

    /// <summary>FullyQualifiedErrorId of what was thrown, without the name of the cmdlet; null when nothing was.</summary>
    public string? Error => _values.GetValueOrDefault("error");

    /// <summary>The category of what was thrown, as PowerShell's ErrorCategory names it.</summary>
    public string Category => _values.GetValueOrDefault("category", "");

    /// <summary>The HResult of what was thrown; 0 when none was printed.</summary>
    public int HResult => int.TryParse(_values.GetValueOrDefault("hresult"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>Whether the change was made without an error.</summary>
    public bool WasSet => Flag("set") == true;

    /// <summary>Whether both properties of the configuration were printed, if only as empty.</summary>
    public bool HasConfiguration => _values.ContainsKey("EnableSMB1Protocol") && _values.ContainsKey("AuditSmb1Access");

    /// <summary>EnableSMB1Protocol; null when the configuration has no such property.</summary>
    public bool? ServerEnabled => Flag("EnableSMB1Protocol");

    /// <summary>AuditSmb1Access; null when the configuration has no such property.</summary>
    public bool? AuditingEnabled => Flag("AuditSmb1Access");

    /// <summary>The reply in an output; null when the output holds none that is whole and unambiguous.</summary>
    public static SmbServerReply? Parse(string output)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var ended = false;
        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith(SmbServerScript.Marker, StringComparison.Ordinal))
            {
                continue;
            }

            var text = line[SmbServerScript.Marker.Length..];
            if (ended)
            {
                return null;
            }

            if (text == "end")
            {
                ended = true;
                continue;
            }

            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !Names.Contains(text[..equals]) || !values.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                return null;
            }
        }

        var reply = new SmbServerReply(values);
        return ended && reply.FlagsAreFlags ? reply : null;
    }

    private bool FlagsAreFlags => Flags.All(name => _values.GetValueOrDefault(name, "") is "True" or "False" or "");

    private bool? Flag(string name) => _values.GetValueOrDefault(name) switch { "True" => true, "False" => false, _ => null };
}
