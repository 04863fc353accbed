namespace Smb1Exporter.TicketReceiver.Ticketing.Settings;

/// <summary>Reads the address of a ticketing system.</summary>
internal static class TicketAddress
{
    /// <summary>The address, ending in a slash. Secrets are sent there: only a system on this very machine may do without TLS.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="key">The key in it.</param>
    /// <param name="selected">Whether it must be there.</param>
    /// <param name="example">What it may look like.</param>
    public static Uri? Read(SectionReader reader, string key, bool selected, string example = "https://host.example")
    {
        var address = reader.Address(key, Uri.UriSchemeHttps, Uri.UriSchemeHttp);
        if (selected && !reader.IsSet(key))
        {
            reader.Reject(key, $"is missing. Set it to the system's address, such as {example}.");
        }
        else if (address is { IsLoopback: false } && address.Scheme == Uri.UriSchemeHttp)
        {
            reader.Reject(key, $"'{address}' would send secrets unencrypted. Use https.");
        }

        return address;
    }
}
