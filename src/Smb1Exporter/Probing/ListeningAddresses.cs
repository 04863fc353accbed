using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Probing;

/// <summary>The IPv6 addresses of a network namespace (/proc/net/if_inet6), and where a bound socket is asked because of them. Pure.</summary>
internal sealed class ListeningAddresses
{
    private readonly List<IPAddress> _addresses = [];

    /// <param name="table">The text of if_inet6, a line for each address; empty where the machine has no IPv6.</param>
    public ListeningAddresses(string table)
    {
        foreach (var line in table.Split('\n'))
        {
            // Address, number of the interface, length of the prefix, scope, flags, name of the interface.
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 6
                && UInt128.TryParse(fields[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                && uint.TryParse(fields[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var scope))
            {
                var bytes = new byte[16];
                BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
                var address = new IPAddress(bytes);
                _addresses.Add(address.IsIPv6LinkLocal ? new IPAddress(bytes, scope) : address);
            }
        }
    }

    /// <summary>The address at which a socket is reached from this machine; null where it has none.</summary>
    /// <param name="bound">What the socket is bound to.</param>
    /// <param name="takesIPv4">Whether a socket bound to :: may take IPv4 connections too: there is no other one for them on its port.</param>
    public IPAddress? AddressToAsk(IPAddress bound, bool takesIPv4)
    {
        if (bound.AddressFamily == AddressFamily.InterNetwork)
        {
            return bound.Equals(IPAddress.Any) ? IPAddress.Loopback : bound;
        }

        if (!bound.Equals(IPAddress.IPv6Any))
        {
            return bound.IsIPv6LinkLocal ? _addresses.Find(address => address.GetAddressBytes().AsSpan().SequenceEqual(bound.GetAddressBytes())) : bound;
        }

        return _addresses.Contains(IPAddress.IPv6Loopback) ? IPAddress.IPv6Loopback
            : _addresses.Find(address => !address.IsIPv6LinkLocal) ?? _addresses.FirstOrDefault() ?? (takesIPv4 ? IPAddress.Loopback : null);
    }
}
