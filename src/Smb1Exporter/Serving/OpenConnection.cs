using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Smb1Exporter.Serving;

/// <summary>A connection that is open, and what it is doing.</summary>
internal sealed class OpenConnection
{
    private readonly ConnectionContext _connection;

    /// <param name="connection">The connection.</param>
    /// <param name="timestamp">When it was accepted, in the ticks of the caller's clock.</param>
    public OpenConnection(ConnectionContext connection, long timestamp)
    {
        _connection = connection;
        Origin = OriginOf((connection.RemoteEndPoint as IPEndPoint)?.Address);
        Since = timestamp;
    }

    /// <summary>The address it comes from, of IPv6 the network of 64 bits, which one machine can have for itself; empty for a local socket.</summary>
    public string Origin { get; }

    /// <summary>Whether a request is being answered.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Since when it is busy or waits.</summary>
    public long Since { get; private set; }

    public void Update(bool isBusy, long timestamp) => (IsBusy, Since) = (isBusy, timestamp);

    /// <summary>Closes it at once; its file descriptor is free when this returns.</summary>
    public void Close(string reason) => _connection.Abort(new ConnectionAbortedException(reason));

    internal static string OriginOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        return bytes.Length == 4 ? address.ToString() : $"{new IPAddress([.. bytes.AsSpan(0, 8), .. new byte[8]])}/64";
    }
}
