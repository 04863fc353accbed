using System.Globalization;

namespace Smb1Exporter.EndToEnd.Tests.Dashboards;

/// <summary>What a query answers: values by labels and time.</summary>
internal sealed class Answer
{
    private readonly SortedDictionary<(string Labels, long Time), double> _values = [];

    public int Count => _values.Count;

    public void Add(IEnumerable<(string Name, string Value)> labels, long time, double value) =>
        _values.Add((string.Join(", ", labels.OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}={label.Value}")), time), value);

    /// <summary>Where two answers differ; nothing when they are the same.</summary>
    public IEnumerable<string> DifferencesTo(Answer expected) =>
        from key in _values.Keys.Union(expected._values.Keys)
        let actual = _values.TryGetValue(key, out var found) ? found : (double?)null
        let should = expected._values.TryGetValue(key, out var wanted) ? wanted : (double?)null
        where actual is null || should is null || Math.Abs(actual.Value - should.Value) > 1e-9 * Math.Max(1, Math.Abs(should.Value))
        select string.Create(
            CultureInfo.InvariantCulture,
            $"  {{{key.Labels}}} at {DateTimeOffset.FromUnixTimeSeconds(key.Time):MM-dd HH:mm}: {actual?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} instead of {should?.ToString(CultureInfo.InvariantCulture) ?? "nothing"}");
}
