using System.Text;
using Smb1Exporter.Pushing;

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
    public static PushedMetrics Parse(ReadOnlySpan<byte> request)
    {
        var metrics = new PushedMetrics();
        for (var fields = new ProtobufFields(request); fields.Next();)
        {
            metrics.ReadResourceMetrics(fields.Content);
        }

        return metrics;
    }

    private void ReadResourceMetrics(ReadOnlySpan<byte> message)
    {
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            if (fields.Number == 1)
            {
                for (var resource = new ProtobufFields(fields.Content); resource.Next();)
                {
                    var (key, value) = ReadAttribute(resource.Content);
                    _resource.Add(key, value);
                }
            }
            else if (fields.Number == 2)
            {
                for (var scope = new ProtobufFields(fields.Content); scope.Next();)
                {
                    if (scope.Number == 2)
                    {
                        ReadMetric(scope.Content);
                    }
                }
            }
        }
    }

    private void ReadMetric(ReadOnlySpan<byte> message)
    {
        var (name, unit) = ("", "");
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            switch (fields.Number)
            {
                case 1:
                    name = Encoding.UTF8.GetString(fields.Content);
                    break;
                case 3:
                    unit = Encoding.UTF8.GetString(fields.Content);
                    break;
                case 5 or 7:
                    ReadPoints(name, unit, fields.Content);
                    break;
            }
        }
    }

    private void ReadPoints(string name, string unit, ReadOnlySpan<byte> data)
    {
        var (isCumulative, isMonotonic) = (false, false);
        for (var fields = new ProtobufFields(data); fields.Next();)
        {
            isCumulative |= fields.Number == 2 && fields.Value == 2;
            isMonotonic |= fields.Number == 3 && fields.Value == 1;
        }

        for (var fields = new ProtobufFields(data); fields.Next();)
        {
            if (fields.Number == 1)
            {
                _points.Add(ReadPoint(new PushedPoint(name, unit, isCumulative && isMonotonic, new Dictionary<string, string>(), 0, 0), fields.Content));
            }
        }
    }

    private static PushedPoint ReadPoint(PushedPoint point, ReadOnlySpan<byte> message)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            switch (fields.Number)
            {
                case 2:
                    point = point with { Start = fields.Value };
                    break;
                case 4:
                    point = point with { Value = BitConverter.UInt64BitsToDouble(fields.Value) };
                    break;
                case 6:
                    point = point with { Value = (long)fields.Value };
                    break;
                case 7:
                    var (key, value) = ReadAttribute(fields.Content);

                    // An attribute that is there twice is an error.
                    attributes.Add(key, value);
                    break;
            }
        }

        return point with { Attributes = attributes };
    }

    private static (string Key, string Value) ReadAttribute(ReadOnlySpan<byte> message)
    {
        var (key, text) = ("", "");
        for (var fields = new ProtobufFields(message); fields.Next();)
        {
            if (fields.Number == 1)
            {
                key = Encoding.UTF8.GetString(fields.Content);
            }
            else
            {
                var value = new ProtobufFields(fields.Content);
                text = value.Next() ? Encoding.UTF8.GetString(value.Content) : "";
            }
        }

        return (key, text);
    }
}
