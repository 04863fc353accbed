using System.Text;

namespace Smb1Exporter.Tests.Pushing;

/// <summary>One value of a push, by the names of opentelemetry-proto.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="IsCumulativeSum">Whether it is a sum that only rises and is sent whole.</param>
/// <param name="Attributes">Of the data point.</param>
/// <param name="Value">The number.</param>
/// <param name="Start">Since when a sum counts, in nanoseconds since 1970; 0: not known.</param>
internal sealed record PushedPoint(
    string Metric, string Unit, bool IsCumulativeSum, IReadOnlyDictionary<string, string> Attributes, double Value, ulong Start)
{
    /// <summary>The client; null where there is none.</summary>
    public string? Client => Attributes.GetValueOrDefault("client_address");

    public DateTimeOffset StartTime => DateTimeOffset.UnixEpoch.AddTicks((long)(Start / TimeSpan.NanosecondsPerTick));
}

/// <summary>What one push holds.</summary>
internal sealed class PushedMetrics
{
    private readonly Dictionary<string, string> _resource = new(StringComparer.Ordinal);
    private readonly List<PushedPoint> _points = [];

    private PushedMetrics()
    {
    }

    /// <summary>The attributes of the resource.</summary>
    public IReadOnlyDictionary<string, string> Resource => _resource;

    public IReadOnlyList<PushedPoint> Points => _points;

    /// <summary>The values of a metric, of a client if one is named.</summary>
    public IReadOnlyList<PushedPoint> Of(string metric, string? client = null) =>
        [.. _points.Where(point => point.Metric == metric && (client is null || point.Client == client))];

    /// <summary>Reads an ExportMetricsServiceRequest.</summary>
    public static PushedMetrics Parse(byte[] request)
    {
        var metrics = new PushedMetrics();
        foreach (var resourceMetrics in ProtobufReader.Read(request))
        {
            metrics.ReadResourceMetrics(resourceMetrics.Content);
        }

        return metrics;
    }

    private void ReadResourceMetrics(byte[] message)
    {
        var fields = ProtobufReader.Read(message).ToLookup(field => field.Number, field => field.Content);
        foreach (var attribute in fields[1].SelectMany(ProtobufReader.Read))
        {
            var (key, value) = ReadAttribute(attribute.Content);
            _resource.Add(key, value);
        }

        foreach (var metric in fields[2].SelectMany(ProtobufReader.Read).Where(field => field.Number == 2))
        {
            ReadMetric(metric.Content);
        }
    }

    private void ReadMetric(byte[] message)
    {
        var fields = ProtobufReader.Read(message).ToLookup(field => field.Number, field => field.Content);
        foreach (var data in fields[5].Concat(fields[7]))
        {
            var parts = ProtobufReader.Read(data).ToList();
            var isCumulativeSum = parts.Any(part => part is { Number: 2, Value: 2 }) && parts.Any(part => part is { Number: 3, Value: 1 });
            _points.AddRange(parts.Where(part => part.Number == 1).Select(part => ReadPoint(TextOf(fields[1]), TextOf(fields[3]), isCumulativeSum, part.Content)));
        }
    }

    private static PushedPoint ReadPoint(string name, string unit, bool isCumulativeSum, byte[] message)
    {
        var fields = ProtobufReader.Read(message).ToList();

        // An attribute that is there twice is an error.
        var attributes = fields.Where(field => field.Number == 7).Select(field => ReadAttribute(field.Content)).ToDictionary(pair => pair.Key, pair => pair.Value);
        var value = fields.Single(field => field.Number is 4 or 6);
        return new PushedPoint(
            name,
            unit,
            isCumulativeSum,
            attributes,
            value.Number == 4 ? BitConverter.UInt64BitsToDouble(value.Value) : (long)value.Value,
            fields.SingleOrDefault(field => field.Number == 2).Value);
    }

    private static (string Key, string Value) ReadAttribute(byte[] message)
    {
        var fields = ProtobufReader.Read(message).ToLookup(field => field.Number, field => field.Content);
        return (TextOf(fields[1]), TextOf(fields[2].SelectMany(ProtobufReader.Read).Select(value => value.Content)));
    }

    private static string TextOf(IEnumerable<byte[]> texts) => Encoding.UTF8.GetString(texts.SingleOrDefault() ?? []);
}
