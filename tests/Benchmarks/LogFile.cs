using System.Globalization;
using System.Text;

namespace Smb1Exporter.Benchmarks;

/// <summary>
/// Makes audit logs as smbd 4.17 writes them with auth_json_audit:5, the same at each run: log-ons of domain users with SMB2, and of scanners with SMB1.
/// </summary>
internal static class LogFile
{
    /// <summary>So many addresses stand in a log.</summary>
    public const int Clients = 5000;

    private static readonly DateTimeOffset Begin = new(2026, 11, 23, 4, 0, 0, TimeSpan.Zero);

    /// <param name="path">The file to make.</param>
    /// <param name="records">How many records it has.</param>
    /// <param name="ofSmb1">Each how many records there is one of SMB1; 0 for none.</param>
    public static void Write(string path, int records, int ofSmb1)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 20);
        for (var i = 0; i < records; i++)
        {
            var isSmb1 = ofSmb1 > 0 && i % ofSmb1 == 0;
            file.Write(Record(i, isSmb1 ? i / ofSmb1 : i, isSmb1));
        }
    }

    /// <summary>One line of a log.</summary>
    public static string Record(int number, int connection, bool isSmb1, int clients = Clients)
    {
        var client = connection % clients;
        var address = string.Create(CultureInfo.InvariantCulture, $"ipv4:10.{client >> 16}.{(client >> 8) & 255}.{client & 255}:{49152 + (connection / clients % 16384)}");
        var time = Begin.AddTicks(number * 9_973L * 10);
        var (service, domain, account, sid, password) = isSmb1
            ? ("SMB", "WORKGROUP", "scanner", "S-1-5-21-4069650229-1468555712-3872666976-501", "NTLMv1")
            : ("SMB2", "EXAMPLE", string.Create(CultureInfo.InvariantCulture, $"firstname.middlename.lastname{client:0000}"), "S-1-5-21-4069650229-1468555712-3872666976-11097", "NTLMv2");
        return string.Create(
            CultureInfo.InvariantCulture,
            $$$"""  {"timestamp": "{{{time:yyyy-MM-ddTHH:mm:ss.ffffff}}}+0000", "type": "Authentication", "Authentication": {"version": {"major": 1, "minor": 2}, "eventId": 4624, "logonId": "{{{number:x}}}", "logonType": 3, "status": "NT_STATUS_OK", "localAddress": "ipv4:10.9.0.10:445", "remoteAddress": "{{{address}}}", "serviceDescription": "{{{service}}}", "authDescription": null, "clientDomain": "{{{domain}}}", "clientAccount": "{{{account}}}", "workstation": "WORKSTATION-{{{client:0000}}}", "becameAccount": "{{{account}}}", "becameDomain": "{{{domain}}}", "becameSid": "{{{sid}}}", "mappedAccount": "{{{account}}}", "mappedDomain": "{{{domain}}}", "netlogonComputer": "WORKSTATION-{{{client:0000}}}", "netlogonTrustAccount": null, "netlogonNegotiateFlags": "0x00000000", "netlogonSecureChannelType": 0, "netlogonTrustAccountSid": null, "passwordType": "{{{password}}}", "duration": 4940}}""")
            + "\n";
    }
}
