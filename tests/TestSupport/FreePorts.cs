using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.TestSupport;

/// <summary>Ports of 127.0.0.1 that nobody listens on.</summary>
public static class FreePorts
{
    // Below the range from which Linux takes the source ports of outgoing connections (32768 and up).
    private const int First = 20000;
    private const int Last = 31999;
    private static readonly HashSet<int> Handed = [];

    /// <summary>
    /// A port that was free a moment ago. Each is handed out once per test process; another process can still take it first, which is why
    /// servers are started through <see cref="StartAsync"/>.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            lock (Handed)
            {
                if (Handed.Contains(port) || !IsFree(port))
                {
                    continue;
                }

                Handed.Add(port);
                return port;
            }
        }
    }

    /// <summary>Starts a server on a free port, on another one when somebody else took the port meanwhile.</summary>
    public static async Task<T> StartAsync<T>(Func<int, Task<T>> start)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await start(Next());
            }
            catch (PortTakenException) when (attempt < 5)
            {
            }
        }
    }

    /// <summary>Whether nobody listens on it.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>A server ended because its port was in use.</summary>
public sealed class PortTakenException(string output) : Exception($"The port was taken meanwhile:\n{output}");
