using Google.Protobuf;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Completes what OpenTelemetry's exporter is about to send, an ExportMetricsServiceRequest, by what its interface cannot be given: the starts of
/// counters that survive restarts, and <c>host.name</c> and <c>customer</c> on each data point instead of the resource. Of a resource's attributes
/// Prometheus makes no labels, and others make labels of them all, twice where the data point has them too: only attributes of data points become the
/// labels of /metrics everywhere. Field numbers are those of opentelemetry-proto 1.x (metrics/v1/metrics.proto, common/v1/common.proto,
/// resource/v1/resource.proto).
/// </summary>
/// <param name="prefix">The names of our own instruments begin with this; only these counters outlive the process.</param>
/// <param name="clientLabel">The attribute that names a client.</param>
/// <param name="attributes">Moved from the resource to each data point that does not have them.</param>
internal sealed class MetricsPayload(string prefix, string clientLabel, IReadOnlyList<KeyValuePair<string, string>> attributes)
{
    private const int RequestResourceMetrics = 1;
    private const int ResourceMetricsResource = 1;
    private const int ResourceMetricsScope = 2;
    private const int ResourceAttributes = 1;
    private const int ScopeMetric = 2;
    private const int MetricName = 1;
    private const int MetricGauge = 5;
    private const int MetricSum = 7;
    private const int DataPoints = 1;
    private const int PointStart = 2;
    private const int PointTime = 3;
    private const int PointAttributes = 7;
    private const int Key = 1;
    private const int Value = 2;
    private const int TextValue = 1;

    private readonly (string Key, ProtobufField Field)[] _attributes = [.. attributes.Select(attribute => (
        attribute.Key,
        ProtobufField.Message(
            PointAttributes, ProtobufField.Text(Key, attribute.Key), ProtobufField.Message(Value, ProtobufField.Text(TextValue, attribute.Value)))))];

    /// <summary>Completes a request.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is none.</exception>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<byte> request, CounterStarts starts) =>
        Change(ByteString.CopyFrom(request), RequestResourceMetrics, resource => CompleteResource(resource, starts)).Memory;

    private ByteString CompleteResource(ByteString resourceMetrics, CounterStarts starts)
    {
        var moved = Change(resourceMetrics, ResourceMetricsResource, WithoutMoved);
        return Change(moved, ResourceMetricsScope, scope => Change(scope, ScopeMetric, metric => CompleteMetric(metric, starts)));
    }

    private ByteString WithoutMoved(ByteString resource) => ProtobufField.Write(ProtobufField.Read(resource).Where(
        field => field.Number != ResourceAttributes || !Array.Exists(_attributes, attribute => attribute.Key == ReadAttribute(field).Key)));

    private ByteString CompleteMetric(ByteString metric, CounterStarts starts)
    {
        var outlivesProcess = ProtobufField.Read(metric).Exists(
            field => field.Number == MetricName && field.Content.ToStringUtf8().StartsWith(prefix, StringComparison.Ordinal));
        var gaugeDone = Change(metric, MetricGauge, gauge => Change(gauge, DataPoints, point => CompletePoint(point, null)));
        return Change(gaugeDone, MetricSum, sum => Change(sum, DataPoints, point => CompletePoint(point, outlivesProcess ? starts : null)));
    }

    private ByteString CompletePoint(ByteString point, CounterStarts? starts)
    {
        var fields = ProtobufField.Read(point);
        var known = fields.Where(field => field.Number == PointAttributes).Select(ReadAttribute).ToList();
        if (starts is not null)
        {
            // A start that is not known, or lies ahead because a clock was wrong, is left out: that says "not known".
            fields.RemoveAll(field => field.Number == PointStart);
            var client = known.Find(attribute => attribute.Key == clientLabel).Value;
            if (StartOf(starts, client) is { } start && start <= fields.Find(field => field.Number == PointTime).Value)
            {
                fields.Add(ProtobufField.Fixed64(PointStart, start));
            }
        }

        fields.AddRange(_attributes.Where(attribute => !known.Exists(one => one.Key == attribute.Key)).Select(attribute => attribute.Field));
        return ProtobufField.Write(fields);
    }

    private static ulong? StartOf(CounterStarts starts, string? client) =>
        (client is null ? starts.OfInstallation : starts.OfClient(client)) is { } start && start > DateTimeOffset.UnixEpoch
            ? (ulong)(start - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick
            : null;

    private static (string Key, string? Value) ReadAttribute(ProtobufField attribute)
    {
        var fields = ProtobufField.Read(attribute.Content);
        var value = ProtobufField.Read(ProtobufField.Find(fields, Value));
        return (
            ProtobufField.Find(fields, Key).ToStringUtf8(),
            value.Exists(field => field.Number == TextValue) ? ProtobufField.Find(value, TextValue).ToStringUtf8() : null);
    }

    /// <summary>A message with the messages in one of its fields changed.</summary>
    private static ByteString Change(ByteString message, int number, Func<ByteString, ByteString> change) => ProtobufField.Write(ProtobufField.Read(message).Select(
        field => field.Number == number ? field with { Content = change(field.Content) } : field));
}
