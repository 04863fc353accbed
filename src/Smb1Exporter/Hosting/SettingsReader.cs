using System.Globalization;

namespace Smb1Exporter.Hosting;

/// <summary>Reads the values of one configuration section and collects what is wrong with them.</summary>
internal sealed class SettingsReader(IConfiguration configuration, string section)
{
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36500);
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];

    public void Text(string key, Action<string> set) => Read(key, text =>
    {
        if (text.Any(char.IsControl))
        {
            return "a text without control characters";
        }

        set(text);
        return null;
    });

    public void Flag(string key, Action<bool> set) => Read(key, text => Take(bool.TryParse(text, out var value), value, set, "true or false"));

    public void Number(string key, int least, int most, Action<int> set) => Read(key, text => Take(
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most,
        value,
        set,
        $"a whole number from {least} to {most}"));

    public void Enum<T>(string key, Action<T> set)
        where T : struct, Enum => Read(key, text => Take(
            System.Enum.TryParse<T>(text, ignoreCase: true, out var value) && System.Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]),
            value,
            set,
            $"one of {string.Join(", ", System.Enum.GetNames<T>())}"));

    public void Duration(string key, TimeSpan least, Action<TimeSpan> set) => Read(key, text => Take(
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) && value >= least && value <= LongestDuration,
        value,
        set,
        $"a duration of at least {least} as [days.]hours:minutes:seconds, for example 00:02:00 or 180.00:00:00"));

    /// <summary>A list: <c>Key:0</c>, <c>Key:1</c>, …, or one text with commas.</summary>
    public void List(string key, Action<IReadOnlyList<string>> set, Action<IReadOnlyList<string>> check)
    {
        _known.Add(key);
        var list = configuration.GetSection($"{section}:{key}");
        var items = list.GetChildren().ToList();
        items.ForEach(item => _known.Add($"{key}:{item.Key}"));
        var values = (list.Value is null ? items.Select(item => item.Value ?? "") : list.Value.Split(',', StringSplitOptions.TrimEntries))
            .Where(value => value.Length > 0)
            .ToList();
        try
        {
            check(values);
            set(values);
        }
        catch (FormatException e)
        {
            _problems.Add($"{section}:{key}: {e.Message}.");
        }
    }

    /// <exception cref="StartupException">A value is wrong or a key unknown.</exception>
    public void ThrowIfWrong()
    {
        var unknown = configuration.GetSection(section).AsEnumerable(makePathsRelative: true)
            .Where(pair => pair.Value is not null && !_known.Contains(pair.Key));
        foreach (var (key, value) in unknown)
        {
            _problems.Add($"{section}:{key} (value '{value}') is not a setting. {Suggestion(key)}");
        }

        if (_problems.Count > 0)
        {
            throw new StartupException(
                $"The configuration is wrong:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", _problems)}");
        }
    }

    private void Read(string key, Func<string, string?> take)
    {
        _known.Add(key);
        if (configuration[$"{section}:{key}"] is { Length: > 0 } text && take(text) is { } expected)
        {
            _problems.Add($"{section}:{key} is '{text}'; give it {expected}.");
        }
    }

    private static string? Take<T>(bool valid, T value, Action<T> set, string expected)
    {
        if (!valid)
        {
            return expected;
        }

        set(value);
        return null;
    }

    private string Suggestion(string key)
    {
        var nearest = _known.Where(known => !known.Any(char.IsAsciiDigit)).MinBy(known => Distance(known, key))!;
        return Distance(nearest, key) <= Math.Max(2, key.Length / 3)
            ? $"Did you mean {section}:{nearest}?"
            : "smb1-exporter --help lists the settings.";
    }

    /// <summary>Levenshtein distance, ignoring case.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost));
            }
        }

        return row[^1];
    }
}
