using System.Globalization;

namespace Smb1Exporter.Probing.Windows;

/// <summary>
/// One session as Get-SmbSession gives it (class MSFT_SmbSession of root\Microsoft\Windows\SMB); nothing in it has been trusted yet.
/// </summary>
/// <param name="Id">SessionId; one of a kind among the open sessions, and given again once the server was restarted.</param>
/// <param name="Instance">SmbInstance: Default for clients, others for what a cluster does itself; empty before Windows Server 2016.</param>
/// <param name="Age">SecondsExists; null where it is missing.</param>
/// <param name="Dialect">Such as <c>3.1.1</c>, <c>2.0.2</c>, <c>3.00</c>, or <c>1.5</c> for SMB1.</param>
/// <param name="Node">ClusterNodeName: the node of a cluster that serves it; empty where there is no cluster.</param>
/// <param name="Scope">ScopeName: a cluster's name that the client connected to; <c>*</c> for the machine's own.</param>
/// <param name="Client">ClientComputerName: an address, IPv6 in brackets, or a name.</param>
internal sealed record SessionLine(ulong Id, string Instance, TimeSpan? Age, string Dialect, string Node, string Scope, string Client)
{
    private const int Fields = 7;

    /// <summary>Words for SMB1 and what was before it ([MS-CIFS] 2.2.4.52), which no known Windows puts into Dialect.</summary>
    private static readonly string[] Smb1Words = ["NT LM 0.12", "NT1", "SMB1", "LANMAN1.0", "LM1.2X002", "LANMAN2.1"];

    /// <summary>Whether it is an SMB1 session; null where the dialect is missing or of a form that is not known.</summary>
    public bool? IsSmb1
    {
        get
        {
            var dialect = Dialect.Trim();
            if (Smb1Words.Contains(dialect, StringComparer.OrdinalIgnoreCase))
            {
                return true;
            }

            var point = dialect.IndexOf('.', StringComparison.Ordinal);
            var major = point < 0 ? dialect : dialect[..point];
            return dialect.All(c => char.IsAsciiDigit(c) || c == '.') && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version < 2
                : null;
        }
    }

    /// <summary>
    /// Whether another node serves a cluster's name that the client connected to. Only where both are said: a session that is taken for another node's is
    /// counted nowhere if it is not.
    /// </summary>
    /// <param name="machine">The name of this machine, with or without its domain.</param>
    public bool IsElsewhere(string machine) =>
        Node.Length > 0 && Scope is not ("" or "*") && !string.Equals(ShortName(Node), ShortName(machine), StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a line of <see cref="Auditing.Windows.SmbServerScript.GetWithSessions"/>; null where it is none.</summary>
    public static SessionLine? Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var fields = line.Split('|', Fields);
        return fields.Length == Fields && ulong.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new SessionLine(id, fields[1], AgeOf(fields[2]), fields[3], fields[4].Trim(), fields[5].Trim(), fields[6].Trim())
            : null;
    }

    private static TimeSpan? AgeOf(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>As NetBIOS has it: the name that .NET gives to the machine is cut to that length, and the node's need not be.</summary>
    private static string ShortName(string name)
    {
        const int Longest = 15;
        var label = name.Split('.', 2)[0];
        return label.Length > Longest ? label[..Longest] : label;
    }
}
