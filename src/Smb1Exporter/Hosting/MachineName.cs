using System.Net;
using System.Net.Sockets;

namespace Smb1Exporter.Hosting;

/// <summary>What this machine calls itself.</summary>
/// <param name="Short">Up to the first dot; on Windows the NetBIOS name, which has at most 15 characters. What .NET calls the machine's name.</param>
/// <param name="Whole">The name as it was given to the machine. A domain that only DNS adds to it is no part of it.</param>
internal sealed record MachineName(string Short, string Whole)
{
    /// <summary>Whether other machines may have the same short name, because something is cut off.</summary>
    public bool IsCut => !Whole.Equals(Short, StringComparison.OrdinalIgnoreCase);

    /// <summary>Asks the system.</summary>
    public static MachineName OfSystem()
    {
        var name = Environment.MachineName;
        try
        {
            var whole = Dns.GetHostName().TrimEnd('.');
            return new MachineName(name, whole.Length > 0 ? whole : name);
        }
        catch (SocketException)
        {
            return new MachineName(name, name);
        }
    }
}
