using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// What a run of <see cref="SmbServerScript"/> printed, taken strictly: the marked lines, each known, each once but for the sessions, the last one "end".
/// </summary>
internal sealed class SmbServerReply
{
    private const string Session = "session";
    private const string OfSessions = "sessions-";

    private static readonly string[] Flags = ["EnableSMB1Protocol", "AuditSmb1Access", "set"];
    private static readonly string[] ErrorNames = ["error", "category", "hresult"];
    private static readonly string[] Names =
        [.. Flags, "configurations", "asked", "answered", "sessions", .. ErrorNames, .. ErrorNames.Select(name => OfSessions + name)];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _sessions = [];

    private SmbServerReply()
    {
    }

    /// <summary>What was thrown; null when nothing was.</summary>
    public SmbServerError? Error => ErrorOf("");

    /// <summary>What Get-SmbSession threw; null when it did not, or was not asked.</summary>
    public SmbServerError? SessionsError => ErrorOf(OfSessions);

    /// <summary>Whether the change was made without an error.</summary>
    public bool WasSet => Flag("set") == true;

    /// <summary>Whether the answer of Get-SmbServerConfiguration was printed, whatever it was.</summary>
    public bool HasConfiguration => Configurations is not null && _values.ContainsKey("EnableSMB1Protocol") && _values.ContainsKey("AuditSmb1Access");

    /// <summary>How many configurations it gave. Of one only the values are known.</summary>
    public int? Configurations => Number("configurations");

    /// <summary>EnableSMB1Protocol; null when the configuration has no such property.</summary>
    public bool? ServerEnabled => Flag("EnableSMB1Protocol");

    /// <summary>AuditSmb1Access; null when the configuration has no such property.</summary>
    public bool? AuditingEnabled => Flag("AuditSmb1Access");

    /// <summary>What Get-SmbSession printed; null when it did not, not even that there is no session.</summary>
    public SmbServerSessions? Sessions => Time("asked") is { } asked && Time("answered") is { } answered && SessionsError is null
        ? new SmbServerSessions(_sessions, Number("sessions"), asked, answered)
        : null;

    /// <summary>The reply in an output; null when the output holds none that is whole and unambiguous.</summary>
    public static SmbServerReply? Parse(string output)
    {
        var reply = new SmbServerReply();
        var ended = false;
        foreach (var line in output.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith(SmbServerScript.Marker, StringComparison.Ordinal))
            {
                continue;
            }

            var text = line[SmbServerScript.Marker.Length..];
            if (ended || (text != "end" && !reply.TryAdd(text)))
            {
                return null;
            }

            ended = text == "end";
        }

        return ended && reply.FlagsAreFlags ? reply : null;
    }

    private bool FlagsAreFlags => Flags.All(name => _values.GetValueOrDefault(name, "") is "True" or "False" or "");

    private bool TryAdd(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return false;
        }

        var (name, value) = (text[..equals], text[(equals + 1)..]);
        if (name == Session)
        {
            _sessions.Add(value);
            return true;
        }

        return Names.Contains(name) && _values.TryAdd(name, value);
    }

    private bool? Flag(string name) => _values.GetValueOrDefault(name) switch { "True" => true, "False" => false, _ => null };

    private int? Number(string name) =>
        int.TryParse(_values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private DateTimeOffset? Time(string name) =>
        long.TryParse(_values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null;

    private SmbServerError? ErrorOf(string prefix) => _values.GetValueOrDefault(prefix + "error") is { } id
        ? new SmbServerError(
            id,
            _values.GetValueOrDefault(prefix + "category", ""),
            int.TryParse(_values.GetValueOrDefault(prefix + "hresult"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var result) ? result : 0)
        : null;
}
