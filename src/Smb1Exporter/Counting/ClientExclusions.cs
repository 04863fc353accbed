using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Counting;

/// <summary>The clients whose attempts are counted apart, such as vulnerability scanners: addresses and CIDR ranges.</summary>
internal sealed class ClientExclusions
{
    private readonly IPNetwork[] _networks;

    private ClientExclusions(IPNetwork[] networks) => _networks = networks;

    /// <summary>How many addresses and ranges are listed.</summary>
    public int Count => _networks.Length;

    /// <summary>Reads the list.</summary>
    /// <param name="entries">Addresses (<c>10.0.0.5</c>, <c>fe80::5</c>) and ranges (<c>10.0.0.0/24</c>).</param>
    /// <exception cref="FormatException">An entry is neither; the message names it and the remedy.</exception>
    public static ClientExclusions Parse(IEnumerable<string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        return new ClientExclusions([.. entries.Select(ParseEntry)]);
    }

    /// <summary>Whether the client is listed.</summary>
    /// <param name="canonicalAddress">A result of <see cref="ClientAddress.TryCanonicalize"/>; names are never listed.</param>
    public bool Contains(string canonicalAddress) =>
        _networks.Length > 0
        && IPAddress.TryParse(canonicalAddress, out var address)
        && Array.Exists(_networks, network => network.Contains(address));

    private static IPNetwork ParseEntry(string entry)
    {
        var text = entry.Trim();
        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        if (!ClientAddress.IsWrittenOut(host) || !IPAddress.TryParse(host, out var address))
        {
            throw new FormatException($"'{entry}' is not an IP address or a CIDR range such as 192.168.1.0/24");
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), out length) || length < 0 || length > bits))
        {
            throw new FormatException($"'{entry}' needs a prefix length between 0 and {bits} after the slash");
        }

        // Clients are compared in canonical form, so the list must be in it as well.
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
            length = Math.Max(0, length - 96);
        }

        var network = new IPNetwork(WithoutHostBits(address, length), length);
        if (slash >= 0 && !network.BaseAddress.Equals(address))
        {
            throw new FormatException(
                $"'{entry}' has bits set behind its prefix; write {network} for the range or {address} for the one address");
        }

        return network;
    }

    private static IPAddress WithoutHostBits(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
