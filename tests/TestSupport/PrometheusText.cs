using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// A strict reader of the Prometheus text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/):
/// what a forgiving parser would pass over is an error here.
/// </summary>
public sealed partial class PrometheusText
{
    private const NumberStyles NumberFormat = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private readonly Dictionary<string, PrometheusSample> _bySeries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private string? _open;

    private PrometheusText()
    {
    }

    /// <summary>Every sample, by <see cref="PrometheusSample.Series"/>.</summary>
    public IReadOnlyDictionary<string, PrometheusSample> Samples => _bySeries;

    /// <summary>The declared type of every metric.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <exception cref="FormatException">The text breaks the format; the message names the line.</exception>
    public static PrometheusText Parse(string text)
    {
        if (text.Length > 0 && !text.EndsWith('\n'))
        {
            throw new FormatException("The last line does not end with a line feed");
        }

        var parsed = new PrometheusText();
        foreach (var line in text.Split('\n'))
        {
            parsed.Add(line);
        }

        return parsed;
    }

    /// <summary>The samples of a metric.</summary>
    public IReadOnlyList<PrometheusSample> Of(string name) => [.. _bySeries.Values.Where(sample => sample.Name == name)];

    /// <summary>The one sample of a metric that has one series only.</summary>
    public double ValueOf(string name) => Of(name) is [var only]
        ? only.Value
        : throw new InvalidOperationException($"{name} has {Of(name).Count} series, not one");

    public override string ToString() => string.Join('\n', _bySeries.Values);

    private void Add(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        if (line[0] == '#')
        {
            AddComment(line);
            return;
        }

        var match = SampleLine.Match(line);
        if (!match.Success)
        {
            throw new FormatException($"Neither a comment nor a sample: {line}");
        }

        var name = match.Groups["name"].Value;
        EnterMetric(MetricOf(name));
        var sample = new PrometheusSample(name, ReadLabels(match, line), ReadValue(match.Groups["value"].Value, line));
        if (!_bySeries.TryAdd(sample.Series, sample))
        {
            throw new FormatException($"The series occurs twice: {line}");
        }
    }

    private void AddComment(string line)
    {
        var match = Declaration.Match(line);
        if (!match.Success)
        {
            if (line.StartsWith("# TYPE", StringComparison.Ordinal) || line.StartsWith("# HELP", StringComparison.Ordinal))
            {
                throw new FormatException($"A broken declaration: {line}");
            }

            return;
        }

        var name = match.Groups["name"].Value;
        EnterMetric(name);
        if (match.Groups["type"].Success && !_types.TryAdd(name, match.Groups["type"].Value))
        {
            throw new FormatException($"The type is declared twice: {line}");
        }
    }

    // All lines of a metric are one block, in which the declarations come first.
    private void EnterMetric(string name)
    {
        if (_open == name)
        {
            return;
        }

        if (_open is not null)
        {
            _closed.Add(_open);
        }

        if (_closed.Contains(name))
        {
            throw new FormatException($"The lines of {name} are not together");
        }

        _open = name;
    }

    private string MetricOf(string sampleName)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["_bucket", "_sum", "_count"])
        {
            if (sampleName.EndsWith(suffix, StringComparison.Ordinal)
                && _types.TryGetValue(sampleName[..^suffix.Length], out var type)
                && type is "histogram" or "summary")
            {
                return sampleName[..^suffix.Length];
            }
        }

        return sampleName;
    }

    private static Dictionary<string, string> ReadLabels(Match match, string line)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in match.Groups["label"].Captures.Zip(match.Groups["text"].Captures))
        {
            if (!labels.TryAdd(name.Value, Unescape(value.Value, line)))
            {
                throw new FormatException($"A label occurs twice: {line}");
            }
        }

        return labels;
    }

    private static string Unescape(string text, string line)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] != '\\' ? text[i] : text[++i] switch
            {
                'n' => '\n',
                '"' => '"',
                '\\' => '\\',
                _ => throw new FormatException($"An unknown escape: {line}"),
            });
        }

        return result.ToString();
    }

    private static double ReadValue(string text, string line) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.TryParse(text, NumberFormat, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"Not a number: {line}"),
    };

    [GeneratedRegex(
        """^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<text>([^"\\\n]|\\.)*)"(,(?!\})|,?(?=\})))*\})? (?<value>[^ ]+)( -?[0-9]+)?$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SampleLine { get; }

    [GeneratedRegex(
        "^# (TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)|HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)( .*)?)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration { get; }
}
