using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>
/// The clients whose attempts are counted apart, such as vulnerability scanners: addresses, CIDR ranges and names. A name stands for records that
/// name their client in place of an address, and for no others: what a client calls itself beside its address, or what DNS calls it, must not hide
/// whoever comes from that address.
/// </summary>
internal sealed class ClientExclusions
{
    private readonly IPNetwork[] _networks;
    private readonly FrozenSet<string> _names;

    private ClientExclusions(IEnumerable<IPNetwork> networks, IEnumerable<string> names)
    {
        _networks = [.. networks.Distinct()];
        _names = names.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>Ranges that hold every address of IPv4 or of IPv6: nothing that comes from one is ever reported.</summary>
    public IEnumerable<string> WholeFamilies => _networks.Where(network => network.PrefixLength == 0).Select(network => network.ToString());

    /// <summary>Reads the list. What stands in it twice counts once.</summary>
    /// <param name="entries">Addresses (<c>10.0.0.5</c>, <c>fe80::5</c>), ranges (<c>10.0.0.0/24</c>) and host names (<c>scanner01</c>).</param>
    /// <exception cref="FormatException">An entry is none of these; the message names it and the remedy.</exception>
    public static ClientExclusions Parse(IEnumerable<string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var networks = new List<IPNetwork>();
        var names = new List<string>();
        foreach (var entry in entries.Select(entry => entry.Trim()))
        {
            if (ParseNetwork(entry) is { } network)
            {
                networks.Add(network);
            }
            else
            {
                names.Add(ParseName(entry));
            }
        }

        return new ClientExclusions(networks, names);
    }

    /// <summary>Whether the client is listed.</summary>
    /// <param name="client">A result of <see cref="ClientAddress.TryCanonicalize"/>: the client as its record gives it.</param>
    public bool Contains(string client)
    {
        if (_names.Contains(client))
        {
            return true;
        }

        // To IPAddress a client that calls itself "10.1" is 10.0.0.1.
        return _networks.Length > 0
            && ClientAddress.IsWrittenOut(client)
            && IPAddress.TryParse(client, out var address)
            && Array.Exists(_networks, network => network.Contains(address));
    }

    /// <returns>Null when the entry does not begin with an address.</returns>
    private static IPNetwork? ParseNetwork(string entry)
    {
        var slash = entry.IndexOf('/');
        var host = slash < 0 ? entry : entry[..slash];
        if (host.Contains('%') && IPAddress.TryParse(host, out var scoped))
        {
            throw new FormatException(
                $"'{entry}' names an interface, which no audit record does; write {ClientAddress.Canonical(scoped)}{entry[(slash < 0 ? entry.Length : slash)..]}");
        }

        // IPAddress also takes an address in brackets, with a port.
        if (!ClientAddress.IsWrittenOut(host) || host.Contains('[') || !IPAddress.TryParse(host, out var address))
        {
            return null;
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        return Fold(entry, address, slash < 0 ? bits : ParseLength(entry, slash, bits), isRange: slash >= 0);
    }

    private static int ParseLength(string entry, int slash, int bits) =>
        int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= bits
            ? length
            : throw new FormatException($"'{entry}' needs a prefix length between 0 and {bits} after the slash");

    /// <summary>Clients are compared in canonical form, so the list must be in it as well.</summary>
    private static IPNetwork Fold(string entry, IPAddress address, int length, bool isRange)
    {
        const int MappedPrefix = 96;
        if (address.IsIPv4MappedToIPv6)
        {
            (address, length) = length >= MappedPrefix
                ? (address.MapToIPv4(), length - MappedPrefix)
                : throw new FormatException(
                    $"'{entry}' is a range of IPv6 addresses around an IPv4 address; write the IPv4 range itself, such as {address.MapToIPv4()}/24, or "
                    + "0.0.0.0/0 if all of IPv4 is meant");
        }

        var network = new IPNetwork(WithoutHostBits(address, length), length);
        return !isRange || network.BaseAddress.Equals(address)
            ? network
            : throw new FormatException(
                $"'{entry}' has bits set behind its prefix; write {network} for the range or {address} for the one address");
    }

    private static string ParseName(string entry)
    {
        var name = ClientName.Canonicalize(entry);
        if (name is null || !LooksLikeName(name))
        {
            throw new FormatException(
                $"'{entry}' is not an IP address (192.168.1.5), a CIDR range (192.168.1.0/24) or a host name (scanner01); write one of these, without a port");
        }

        return name is ClientTotals.Other or ClientTotals.Unknown
            ? throw new FormatException($"'{entry}' stands for clients of which nothing else is known, and cannot be excluded; remove it")
            : name;
    }

    /// <summary>An address or a range that is mistyped (10.0.0, 10.0.0.256, 10.0.0.x, 10.0.0.1-9) must not pass for a name that nobody has.</summary>
    private static bool LooksLikeName(string name)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        return last.Length == name.Length ? last.Any(char.IsAsciiLetter) : last.Length > 1 && char.IsAsciiLetter(last[0]);
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
