using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>A connection of somebody who wants nothing of what a server offers: it sends what it is told, and reads only when it is told.</summary>
internal sealed class Stranger : IDisposable
{
    // Little of an answer fits into it, so that the rest stays with the server.
    private const int ReceiveBuffer = 4096;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = ReceiveBuffer };

    /// <summary>Connects, from another address of this machine if one is given.</summary>
    public static async Task<Stranger> ConnectAsync(Uri server, string? from = null)
    {
        var stranger = new Stranger();
        if (from is not null)
        {
            stranger._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        await stranger._socket.ConnectAsync(IPAddress.Parse(server.Host), server.Port);
        return stranger;
    }

    /// <summary>Sends a text; that the server has closed the connection meanwhile is no fault.</summary>
    public async Task SendAsync(string text)
    {
        try
        {
            await _socket.SendAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (SocketException)
        {
        }
    }

    /// <summary>Sends a request without a body.</summary>
    public Task AskAsync(string path, string host, string method = "GET") => SendAsync($"{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");

    /// <summary>The status of the next answer; null when the server closed the connection instead.</summary>
    public async Task<int?> ReadStatusAsync()
    {
        try
        {
            var buffer = new byte[4096];
            var length = await _socket.ReceiveAsync(buffer);
            return length > 0 ? int.Parse(Encoding.Latin1.GetString(buffer, 0, length).Split(' ')[1], CultureInfo.InvariantCulture) : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Dispose() => _socket.Dispose();
}
