using System.Text;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Completes what OpenTelemetry's exporter is about to send, an ExportMetricsServiceRequest, by what its interface cannot be given: the starts of
/// counters that survive restarts, and <c>host.name</c> and <c>customer</c> on each data point instead of the resource. Of a resource's attributes
/// Prometheus makes no labels, and others make labels of them all, twice where the data point has them too: only attributes of data points become the
/// labels of /metrics everywhere. Field numbers are those of opentelemetry-proto 1.x (metrics/v1/metrics.proto, common/v1/common.proto,
/// resource/v1/resource.proto).
/// </summary>
/// <param name="meter">The names of our own instruments begin with this; only these counters outlive the process.</param>
/// <param name="clientLabel">The attribute that names a client.</param>
/// <param name="attributes">Moved from the resource to each data point that does not have them.</param>
internal sealed class MetricsPayload(string meter, string clientLabel, IReadOnlyList<KeyValuePair<string, string>> attributes)
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

    private readonly byte[] _meter = Encoding.UTF8.GetBytes(meter);
    private readonly byte[] _clientLabel = Encoding.UTF8.GetBytes(clientLabel);
    private readonly (byte[] Key, byte[] Field)[] _attributes = [.. attributes.Select(pair => (Encoding.UTF8.GetBytes(pair.Key), Encode(pair)))];

    private delegate void Completion(ReadOnlySpan<byte> message);

    /// <summary>Completes a request.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ReadOnlyMemory<byte> Complete(ReadOnlySpan<byte> request, CounterStarts starts)
    {
        var writer = new ProtobufWriter(2 * request.Length);
        Copy(writer, request, RequestResourceMetrics, resource => CompleteResource(writer, resource, starts));
        return writer.Written;
    }

    private void CompleteResource(ProtobufWriter writer, ReadOnlySpan<byte> resourceMetrics, CounterStarts starts)
    {
        var fields = new ProtobufFields(resourceMetrics);
        while (fields.Next())
        {
            var begun = writer.Begin(fields.Number);
            switch (fields.Number)
            {
                case ResourceMetricsResource:
                    WithoutAttributes(writer, fields.Content);
                    break;
                case ResourceMetricsScope:
                    Copy(writer, fields.Content, ScopeMetric, metric => CompleteMetric(writer, metric, starts));
                    break;
                default:
                    writer.Write(fields.Content);
                    break;
            }

            writer.End(begun);
        }
    }

    private void WithoutAttributes(ProtobufWriter writer, ReadOnlySpan<byte> resource)
    {
        var fields = new ProtobufFields(resource);
        while (fields.Next())
        {
            var isMoved = false;
            if (fields.Number == ResourceAttributes)
            {
                ReadAttribute(fields.Content, out var key, out _);
                isMoved = BitOf(key) != 0;
            }

            if (!isMoved)
            {
                writer.Write(fields.Whole);
            }
        }
    }

    /// <summary>Copies a message, but for the messages in one of its fields, which are completed.</summary>
    private static void Copy(ProtobufWriter writer, ReadOnlySpan<byte> message, int completed, Completion complete)
    {
        var fields = new ProtobufFields(message);
        while (fields.Next())
        {
            if (fields.Number == completed)
            {
                var begun = writer.Begin(completed);
                complete(fields.Content);
                writer.End(begun);
            }
            else
            {
                writer.Write(fields.Whole);
            }
        }
    }

    private void CompleteMetric(ProtobufWriter writer, ReadOnlySpan<byte> metric, CounterStarts starts)
    {
        var outlivesProcess = false;
        var fields = new ProtobufFields(metric);
        while (fields.Next())
        {
            outlivesProcess |= fields.Number == MetricName && fields.Content.StartsWith(_meter);
            if (fields.Number is MetricGauge or MetricSum)
            {
                var itsStarts = fields.Number == MetricSum && outlivesProcess ? starts : null;
                var begun = writer.Begin(fields.Number);
                Copy(writer, fields.Content, DataPoints, point => CompletePoint(writer, point, itsStarts));
                writer.End(begun);
            }
            else
            {
                writer.Write(fields.Whole);
            }
        }
    }

    private void CompletePoint(ProtobufWriter writer, ReadOnlySpan<byte> point, CounterStarts? starts)
    {
        var (client, time, present) = (default(string), 0UL, 0UL);
        var fields = new ProtobufFields(point);
        while (fields.Next())
        {
            switch (fields.Number)
            {
                case PointStart when starts is not null:
                    continue;
                case PointTime:
                    time = fields.Value;
                    break;
                case PointAttributes:
                    ReadAttribute(fields.Content, out var key, out var text);
                    client = key.SequenceEqual(_clientLabel) ? Encoding.UTF8.GetString(text) : client;
                    present |= BitOf(key);
                    break;
            }

            writer.Write(fields.Whole);
        }

        if (starts is not null && StartOf(starts, client) is { } start && start <= time)
        {
            writer.WriteFixed64(PointStart, start);
        }

        for (var i = 0; i < _attributes.Length; i++)
        {
            if ((present & 1UL << i) == 0)
            {
                writer.Write(_attributes[i].Field);
            }
        }
    }

    // A start that is not known, or lies ahead because a clock was wrong, is left out: that says "not known".
    private static ulong? StartOf(CounterStarts starts, string? client) =>
        (client is null ? starts.OfInstallation : starts.OfClient(client)) is { } start && start > DateTimeOffset.UnixEpoch
            ? (ulong)(start - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick
            : null;

    private static void ReadAttribute(ReadOnlySpan<byte> attribute, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        key = text = default;
        var fields = new ProtobufFields(attribute);
        while (fields.Next())
        {
            if (fields.Number == Key)
            {
                key = fields.Content;
            }
            else if (fields.Number == Value)
            {
                var value = new ProtobufFields(fields.Content);
                text = value.Next() && value.Number == TextValue ? value.Content : default;
            }
        }
    }

    private ulong BitOf(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < _attributes.Length; i++)
        {
            if (key.SequenceEqual(_attributes[i].Key))
            {
                return 1UL << i;
            }
        }

        return 0;
    }

    private static byte[] Encode(KeyValuePair<string, string> attribute)
    {
        var writer = new ProtobufWriter(64);
        var field = writer.Begin(PointAttributes);
        writer.WriteText(Key, attribute.Key);
        var value = writer.Begin(Value);
        writer.WriteText(TextValue, attribute.Value);
        writer.End(value);
        writer.End(field);
        return writer.Written.ToArray();
    }
}
