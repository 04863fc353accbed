namespace Smb1Exporter.Pushing;

/// <summary>
/// The value of OTEL_EXPORTER_OTLP_HEADERS: <c>NAME=VALUE</c> with commas, the values percent-encoded, as W3C Baggage without properties. Pure.
/// </summary>
internal static class PushHeaders
{
    /// <exception cref="FormatException">It is no such list, or holds what no request can carry.</exception>
    public static IReadOnlyList<KeyValuePair<string, Secret>> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var headers = new List<KeyValuePair<string, Secret>>();
        using var request = new HttpRequestMessage();
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var encoded])
            {
                throw new FormatException();
            }

            var value = Uri.UnescapeDataString(encoded);
            try
            {
                request.Headers.Add(name, value);
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                // A header of the body, or no name at all.
                throw new FormatException(e.Message, e);
            }

            headers.Add(new(name, Secret.Of(name, value)));
        }

        return headers;
    }
}
