using System.Globalization;
using System.Text;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// Writes an audit log as smbd 4.17 does with auth_json_audit:5 (see Samples/samba-auth-audit.log), so that a test can have thousands of clients.
/// </summary>
internal sealed class AuditLogWriter(string path, TimeProvider time)
{
    public string Path { get; } = path;

    /// <summary>Records written for SMB1 connections.</summary>
    public int Records { get; private set; }

    public int Rotations { get; private set; }

    /// <summary>One SMB1 connection: one record, or several as a real connection leaves them.</summary>
    public void WriteConnection(string address, int port, int records = 1)
    {
        var text = new StringBuilder();
        for (var i = 0; i < records; i++)
        {
            text.Append(i < records - 1 || records == 1
                ? Authentication(address, port, "SMB", i + 2 < records ? "NT_STATUS_WRONG_PASSWORD" : "NT_STATUS_OK")
                : Authorization(address, port));
        }

        Records += records;
        Append(text.ToString());
    }

    /// <summary>Many connections of one client, one record each, in one write.</summary>
    public void WriteConnections(string address, int connections)
    {
        Records += connections;
        Append(string.Concat(Enumerable.Range(1, connections).Select(port => Authentication(address, port, "SMB", "NT_STATUS_OK"))));
    }

    /// <summary>What does not count: an SMB2 connection, after a header line.</summary>
    public void WriteNoise(string address, int port) =>
        Append(Header("../../auth/auth_log.c:647(log_authentication_event_human_readable)") + "\n" + Authentication(address, port, "SMB2", "NT_STATUS_OK"));

    /// <summary>Many SMB2 connections of one client, one record each, in one write.</summary>
    public void WriteSmb2Connections(string address, int connections) =>
        Append(string.Concat(Enumerable.Range(1, connections).Select(port => Authentication(address, port, "SMB2", "NT_STATUS_OK"))));

    /// <summary>A record with its line feed, for a test that writes it otherwise than as a line of its own.</summary>
    /// <param name="remoteAddress">As smbd writes it: "ipv4:10.0.0.1:49152".</param>
    /// <param name="account">As JSON has it, with its escapes.</param>
    public string Record(string remoteAddress, string service = "SMB", string account = "") =>
        Authentication(remoteAddress, service, "NT_STATUS_OK", account);

    /// <summary>The first line of a message of another kind than the audit, without its line feed.</summary>
    /// <param name="where">File, line and function: "../../lib/util/access.c:372(allow_access)".</param>
    public string Header(string where) => $"[{Now:yyyy/MM/dd HH:mm:ss.ffffff},  3] {where}";

    /// <summary>Any text, in one write.</summary>
    public void Write(string text)
    {
        using var file = Open();
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>
    /// A record without its end, as smbd leaves one on a full disk, or when it is killed or the log rotated while it writes. Its client gave a
    /// name of control characters, which JSON writes with six bytes each.
    /// </summary>
    public void WriteUnfinished(string address, int port, int bytes)
    {
        var record = Authentication(address, port, "SMB", "NT_STATUS_WRONG_PASSWORD");
        const string Name = "\"clientAccount\": \"";
        var begun = record[..(record.IndexOf(Name, StringComparison.Ordinal) + Name.Length)];
        Append(begun + string.Concat(Enumerable.Repeat("\\u0001", (bytes - begun.Length) / 6)));
    }

    /// <summary>Renames the file as logrotate does; the next record begins a new one.</summary>
    public void RotateByRename() => File.Move(Path, $"{Path}.{++Rotations}");

    private DateTimeOffset Now => time.GetUtcNow();

    private void Append(string text)
    {
        using var file = Open();
        var bytes = Encoding.UTF8.GetBytes(text);

        // In two pieces: a reader meets half a line now and then.
        file.Write(bytes.AsSpan(..(bytes.Length / 2)));
        file.Flush();
        file.Write(bytes.AsSpan((bytes.Length / 2)..));
    }

    private FileStream Open() => new(Path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private string Authentication(string address, int port, string service, string status) =>
        Authentication(string.Create(CultureInfo.InvariantCulture, $"ipv4:{address}:{port}"), service, status, "");

    private string Authentication(string remoteAddress, string service, string status, string account) => Line("Authentication", string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"version": {"major": 1, "minor": 2}, "eventId": 4624, "logonId": "0", "logonType": 3, "status": "{{status}}", "localAddress": "ipv4:127.0.0.1:445", "remoteAddress": "{{remoteAddress}}", "serviceDescription": "{{service}}", "authDescription": null, "clientDomain": "", "clientAccount": "{{account}}", "workstation": "SCANNER", "becameAccount": "nobody", "becameDomain": "FS01", "becameSid": "S-1-5-21-4069650229-1468555712-3872666976-501", "mappedAccount": "", "mappedDomain": "", "netlogonComputer": null, "netlogonTrustAccount": null, "netlogonNegotiateFlags": "0x00000000", "netlogonSecureChannelType": 0, "netlogonTrustAccountSid": null, "passwordType": "No-Password", "duration": 494}"""));

    private string Authorization(string address, int port) => Line("Authorization", string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"version": {"major": 1, "minor": 1}, "localAddress": "ipv4:127.0.0.1:445", "remoteAddress": "ipv4:{{address}}:{{port}}", "serviceDescription": "SMB", "authType": "NTLMSSP", "domain": "NT AUTHORITY", "account": "ANONYMOUS LOGON", "sid": "S-1-5-7", "sessionId": "a015ab1c-7731-42d0-a9a1-6061b34fcacd", "logonServer": "FS01", "transportProtection": "SMB", "accountFlags": "0x00000010"}"""));

    private string Line(string type, string body) =>
        $$"""  {"timestamp": "{{Now:yyyy-MM-ddTHH:mm:ss.ffffff}}+0000", "type": "{{type}}", "{{type}}": {{body}}}""" + "\n";
}
