using System.Net;
using System.Security.Cryptography;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// Addresses of the loopback network from which our own connections come, another one each time: event 3000 names an address without a port, so that only
/// an address of our own tells our event from that of a program on this machine. All of 127.0.0.0/8 is the machine itself (RFC 1122, 3.2.1.3), and a
/// program gets another address of it than 127.0.0.1 only if it asks for it. That Windows shows such an address in its event is unverified.
/// </summary>
internal static class OwnSource
{
    private const byte Loopback = 127;
    private const byte Second = 83;

    /// <summary>An address of 127.83.0.0/16, another one for each connection.</summary>
    public static IPAddress New() => new([Loopback, Second, (byte)RandomNumberGenerator.GetInt32(256), (byte)RandomNumberGenerator.GetInt32(1, 255)]);

    /// <summary>Whether an address is one of these.</summary>
    public static bool Is(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.GetAddressBytes() is [Loopback, Second, _, _];
    }

    /// <summary>The name by which a connection from one of these addresses is stored, and known again in its event.</summary>
    public static string NameOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return $"ipv4:{address}";
    }

    /// <summary>The same name of the client of an event; null where the event names another address, a name or nobody.</summary>
    public static string? NameIn(string client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return Read(client.Trim().TrimStart('\\')) is { } address && Is(address) ? NameOf(address) : null;
    }

    /// <summary>Reads <c>1.2.3.4</c>, <c>1.2.3.4:5</c>, <c>[::ffff:1.2.3.4]</c> and <c>[::ffff:1.2.3.4]:5</c>.</summary>
    private static IPAddress? Read(string text)
    {
        if (!text.Contains(':', StringComparison.Ordinal) && text.AsSpan().Count('.') != 3)
        {
            // IPAddress takes "127.1", too.
            return null;
        }

        return IPEndPoint.TryParse(text, out var endPoint) ? Plain(endPoint.Address) : null;
    }

    /// <summary>IPv4 that is written as IPv6 as IPv4.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
