using System.Buffers;

namespace Smb1Exporter.TicketReceiver.Alerts;

/// <summary>Reads a request's body into memory, up to a limit.</summary>
internal static class RequestBody
{
    // A sender that is still sending would see a broken connection and not the answer; this much more is read and thrown away for its sake.
    private const long MostThrownAway = 64 * 1024 * 1024;

    /// <summary>The whole body; null when it is larger than <paramref name="maxBytes"/>.</summary>
    /// <exception cref="IOException">The body did not arrive whole.</exception>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        var announced = request.ContentLength ?? 0;
        var kept = new ArrayBufferWriter<byte>((int)Math.Clamp(announced, 1024, 64 * 1024));
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long total = 0;
            int read;
            while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                total += read;
                if (total <= maxBytes && announced <= maxBytes)
                {
                    kept.Write(buffer.AsSpan(0, read));
                }
                else if (total > maxBytes + MostThrownAway)
                {
                    return null;
                }
            }

            return total <= maxBytes ? kept.WrittenSpan.ToArray() : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
