using Google.Protobuf;
using Google.Protobuf.Collections;
using Smb1Exporter.Pushing.Protocol;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Completes what OpenTelemetry's exporter is about to send, an ExportMetricsServiceRequest, by what its interface cannot be given: the starts of
/// counters that survive restarts, and <c>host.name</c> and <c>customer</c> on each data point instead of the resource. Of a resource's attributes
/// Prometheus makes no labels, and others make labels of them all, twice where the data point has them too: only attributes of data points become the
/// labels of /metrics everywhere.
/// </summary>
/// <param name="prefix">The names of our own instruments begin with this; only these counters outlive the process.</param>
/// <param name="clientLabel">The attribute that names a client.</param>
/// <param name="attributes">Moved from the resource to each data point that does not have them.</param>
internal sealed class MetricsPayload(string prefix, string clientLabel, IReadOnlyList<KeyValuePair<string, string>> attributes)
{
    private readonly KeyValue[] _attributes =
        [.. attributes.Select(pair => new KeyValue { Key = pair.Key, Value = new AnyValue { StringValue = pair.Value } })];

    /// <summary>Completes a request.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is none.</exception>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<byte> request, CounterStarts starts)
    {
        var message = ExportRequest.Parser.ParseFrom(request);
        foreach (var metrics in message.ResourceMetrics)
        {
            if (metrics.Resource is { } resource)
            {
                Remove(resource.Attributes);
            }

            foreach (var metric in metrics.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                Complete(metric, starts);
            }
        }

        return message.ToByteArray();
    }

    private void Remove(RepeatedField<KeyValue> resource)
    {
        for (var i = resource.Count - 1; i >= 0; i--)
        {
            if (Array.Exists(_attributes, attribute => attribute.Key == resource[i].Key))
            {
                resource.RemoveAt(i);
            }
        }
    }

    private void Complete(Metric metric, CounterStarts starts)
    {
        var outlivesProcess = metric.Name.StartsWith(prefix, StringComparison.Ordinal);
        foreach (var point in metric.Sum?.DataPoints ?? [])
        {
            if (outlivesProcess)
            {
                // A start that is not known, or lies ahead because a clock was wrong, is left out: that says "not known".
                point.StartTimeUnixNano = StartOf(point, starts) is { } start && start <= point.TimeUnixNano ? start : 0;
            }

            Add(point.Attributes);
        }

        foreach (var point in metric.Gauge?.DataPoints ?? [])
        {
            Add(point.Attributes);
        }
    }

    private ulong? StartOf(Point point, CounterStarts starts)
    {
        var client = point.Attributes.FirstOrDefault(attribute => attribute.Key == clientLabel)?.Value.StringValue;
        return (client is null ? starts.OfInstallation : starts.OfClient(client)) is { } start && start > DateTimeOffset.UnixEpoch
            ? (ulong)(start - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick
            : null;
    }

    private void Add(RepeatedField<KeyValue> point)
    {
        var known = point.Count;
        foreach (var attribute in _attributes)
        {
            if (!point.Take(known).Any(one => one.Key == attribute.Key))
            {
                point.Add(attribute);
            }
        }
    }
}
