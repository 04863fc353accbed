namespace Smb1Exporter.Auditing;

/// <summary>A record of a connection that we made ourselves.</summary>
/// <param name="Connection">Address and port from which we came, as the record has them; on Windows the address, by the name under which it was stored.</param>
/// <param name="IsOfSession">Whether it tells of the session (Samba: Authorization), and not of the log-on before it (Authentication), which holds our name.</param>
internal sealed record OwnRecord(string Connection, bool IsOfSession);
