using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>Asks one server for /metrics over one connection that stays open, with as little work of its own as can be.</summary>
internal sealed class Scraper : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private byte[] _answer = new byte[1 << 20];
    private int _length;

    /// <param name="port">Of 127.0.0.1.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public Scraper(int port)
    {
        _request = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>The last answer: its body, where it was not sent in chunks.</summary>
    public string Body => Encoding.UTF8.GetString(Answer[(EndOfHead + 4)..]);

    private ReadOnlySpan<byte> Answer => _answer.AsSpan(0, _length);

    private int EndOfHead => Answer.IndexOf("\r\n\r\n"u8);

    /// <summary>Waits until a server answers.</summary>
    /// <param name="process">The server.</param>
    /// <param name="port">Where it is to listen.</param>
    public static async Task<Scraper> ConnectAsync(MeasuredProcess process, int port)
    {
        while (true)
        {
            try
            {
                return new Scraper(port);
            }
            catch (SocketException)
            {
                process.ThrowIfEnded();
                await Task.Delay(1);
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks once.</summary>
    /// <returns>Seconds until the whole answer was there.</returns>
    /// <exception cref="InvalidOperationException">It was none with 200.</exception>
    public double Scrape()
    {
        var start = Stopwatch.GetTimestamp();
        _length = 0;
        _socket.Send(_request);
        while (!IsWhole())
        {
            if (_length == _answer.Length)
            {
                Array.Resize(ref _answer, 2 * _answer.Length);
            }

            var read = _socket.Receive(_answer.AsSpan(_length));
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection");
            }

            _length += read;
        }

        return Answer.StartsWith("HTTP/1.1 200"u8)
            ? Stopwatch.GetElapsedTime(start).TotalSeconds
            : throw new InvalidOperationException(Encoding.UTF8.GetString(Answer[..EndOfHead]));
    }

    public void Dispose() => _socket.Dispose();

    private bool IsWhole()
    {
        var end = EndOfHead;
        if (end < 0)
        {
            return false;
        }

        var head = Answer[..end];
        var field = "\r\nContent-Length: "u8;
        var at = head.IndexOf(field);
        if (at < 0)
        {
            // In chunks: no line of metrics ends in CR LF, so only the last chunk looks like this.
            return Answer.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var digits = head[(at + field.Length)..];
        digits = digits.IndexOf("\r\n"u8) is var rest and >= 0 ? digits[..rest] : digits;
        return _length >= end + 4 + int.Parse(digits, CultureInfo.InvariantCulture);
    }
}
