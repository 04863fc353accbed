using System.Net;
using System.Security.Cryptography;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// Addresses of the loopback network from which our own connections come, and no client's: event 3000 names an address without a port, so that only an
/// address of our own tells our record from that of a program on this machine. All of 127.0.0.0/8 is the machine itself (RFC 1122, 3.2.1.3), and a program
/// gets another address of it than 127.0.0.1 only if it asks for it. That Windows shows such an address in its event is unverified.
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
}
