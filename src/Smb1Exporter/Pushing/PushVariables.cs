using System.Globalization;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Reads standard variables of OpenTelemetry, from the environment or a settings file. Whatever is wrong is collected, each with its name, value and
/// remedy; meanwhile the default stands in. An empty variable is as good as none.
/// </summary>
internal sealed class PushVariables(IConfiguration configuration)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";
    private const string MetricsPrefix = "OTEL_EXPORTER_OTLP_METRICS_";

    private readonly List<string> _problems = [];

    /// <summary>The variables for pushes of metrics that are set.</summary>
    public static IReadOnlyList<string> FindForOtlp(IConfiguration configuration) =>
    [
        .. configuration.GetChildren()
            .Where(variable => !string.IsNullOrWhiteSpace(variable.Value))
            .Select(variable => variable.Key)
            .Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith($"{Prefix}TRACES_", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith($"{Prefix}LOGS_", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The name of the variable that is used: that for metrics, else that for all signals; null where neither is set.</summary>
    public string? NameForOtlp(string variable) =>
        IsSet(MetricsPrefix + variable) ? MetricsPrefix + variable : IsSet(Prefix + variable) ? Prefix + variable : null;

    /// <summary>A value of <c>OTEL_EXPORTER_OTLP_…</c>, of that for metrics first.</summary>
    /// <inheritdoc cref="Value" />
    public T OtlpValue<T>(string variable, T otherwise, Func<string, T> parse, string expected, bool isSecret = false) =>
        NameForOtlp(variable) is { } name ? Value(name, otherwise, parse, expected, isSecret) : otherwise;

    /// <summary>A value.</summary>
    /// <param name="name">The variable.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="parse">Throws <see cref="FormatException"/> when the text is wrong.</param>
    /// <param name="expected">What the value should be, and the remedy, for the message.</param>
    /// <param name="isSecret">Whether the value must not be shown.</param>
    public T Value<T>(string name, T otherwise, Func<string, T> parse, string expected, bool isSecret = false)
    {
        if (!IsSet(name))
        {
            return otherwise;
        }

        var text = configuration[name]!.Trim();
        try
        {
            return parse(text);
        }
        catch (FormatException)
        {
            Add(name, $"{(isSecret ? "the value" : $"'{Wording.Shown(text)}'")} is not {expected}");
            return otherwise;
        }
    }

    /// <summary>A number of milliseconds.</summary>
    public static TimeSpan Milliseconds(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? TimeSpan.FromMilliseconds(number)
            : throw new FormatException();

    /// <summary>Notes that something is wrong.</summary>
    public void Add(string name, string problem) => _problems.Add($"{name}: {problem}");

    /// <summary>To be called when all is read.</summary>
    /// <exception cref="StartupException">Something is wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_problems.Count > 0)
        {
            throw StartupException.Of("The configuration of OpenTelemetry", _problems);
        }
    }

    private bool IsSet(string name) => !string.IsNullOrWhiteSpace(configuration[name]);
}
