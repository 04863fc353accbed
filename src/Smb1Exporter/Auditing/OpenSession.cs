using System.Globalization;

namespace Smb1Exporter.Auditing;

/// <summary>An SMB1 connection with a session that is open now, as the server's own list of sessions names it (smbstatus, Get-SmbSession).</summary>
/// <param name="Client">
/// The client's address as the list writes it, in the form of an audit record's; empty where the list has none that can be used.
/// </param>
/// <param name="Port">The client's port; null where the list does not tell.</param>
/// <param name="Connection">
/// What tells it from others. Of Samba, address and port, such as <c>ipv4:10.0.0.1:50122</c>: the same text as in the audit records of this connection. Of
/// Windows, whose events name no port, the session's id and beginning, such as <c>windows:7@1780315200/Default,,*/10.0.0.1</c>: no event has that text. Cut
/// to 128 characters.
/// </param>
/// <param name="ProcessId">The smbd that serves it; null where the list does not tell, and on Windows.</param>
/// <param name="ProcessStarted">
/// When that process was started, in hundredths of a second since the machine's start: with the process id it tells one process from all others;
/// null where it has just ended, and on Windows.
/// </param>
/// <param name="Begin">When the session, or else the process, began (UTC); null where neither is known.</param>
internal sealed record OpenSession(string Client, int? Port, string Connection, int? ProcessId, long? ProcessStarted, DateTimeOffset? Begin)
{
    /// <summary>The client for people; "unknown" where the list names none that can be used.</summary>
    public string ShownClient => Client.Length > 0 ? Client : "unknown";

    /// <summary>
    /// The same at each look at one connection, and of no other one: process and its start (0 on Windows), and <see cref="Connection"/>. At most 200
    /// characters.
    /// </summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{ProcessId ?? 0}/{ProcessStarted ?? 0}/{Connection}");
}
