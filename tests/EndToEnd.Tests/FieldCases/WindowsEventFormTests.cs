using System.Globalization;
using System.Security;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.EndToEnd.Tests.Wine;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>The same client of Windows' event 3000 as it is shown in many forms, read by the exporter for Windows under Wine.</summary>
public sealed class WindowsEventFormTests(WinePrefix wine)
{
    /// <summary>What stands as ClientName, and the client that it is.</summary>
    private static readonly (string ClientName, string Client)[] Forms =
    [
        ("192.168.1.5", "192.168.1.5"),
        (@"\\192.168.1.5", "192.168.1.5"),
        ("192.168.1.5:49512", "192.168.1.5"),
        (@"\\192.168.1.5:49512", "192.168.1.5"),
        ("::ffff:192.168.1.5", "192.168.1.5"),
        ("[::ffff:192.168.1.5]:49512", "192.168.1.5"),
        ("::FFFF:C0A8:0105", "192.168.1.5"),
        (" 192.168.1.5 ", "192.168.1.5"),
        ("fe80::1c2b:3d4e:5f60:7182%12", "fe80::1c2b:3d4e:5f60:7182"),
        ("[fe80::1c2b:3d4e:5f60:7182%12]:50123", "fe80::1c2b:3d4e:5f60:7182"),
        (@"\\[fe80::1c2b:3d4e:5f60:7182]", "fe80::1c2b:3d4e:5f60:7182"),
        ("FE80:0000:0000:0000:1C2B:3D4E:5F60:7182", "fe80::1c2b:3d4e:5f60:7182"),
        ("2001:db8::5", "2001:db8::5"),
        ("KOPIERER-3", "kopierer-3"),
        (@"\\KOPIERER-3", "kopierer-3"),
        ("Kopierer-3.contoso.local.", "kopierer-3.contoso.local"),
    ];

    [FieldFact("wevtutil's XML with single quotes; ClientName as Exabeam's parser of event 3000, EventViewerX and Get-SmbSession show it")]
    public Task Each_form_of_a_clients_name_in_an_event_of_wevtutil_is_counted_as_that_client() => CountsEachFormAsync(
        (client, record, time) =>
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
            + "<Provider Name='Microsoft-Windows-SMBServer' Guid='{d48ce617-33a2-4bc3-a5c7-11aa4f29619e}'/><EventID>3000</EventID>"
            + "<Version>0</Version><Level>4</Level><Task>3000</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
            + $"<TimeCreated SystemTime='{time}00Z'/><EventRecordID>{record}</EventRecordID><Correlation/>"
            + "<Execution ProcessID='4' ThreadID='276'/><Channel>Microsoft-Windows-SMBServer/Audit</Channel>"
            + "<Computer>FS01.contoso.local</Computer><Security UserID='S-1-5-18'/></System>"
            + $"<EventData><Data Name='ClientName'>{client}</Data></EventData></Event>");

    [FieldFact("a forwarded event with its text in German; ClientName as Exabeam's parser of event 3000, EventViewerX and Get-SmbSession show it")]
    public Task Each_form_of_a_clients_name_in_a_forwarded_event_is_counted_as_that_client() => CountsEachFormAsync(
        (client, record, time) =>
            "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
            + "<Provider Name=\"Microsoft-Windows-SMBServer\" Guid=\"{D48CE617-33A2-4BC3-A5C7-11AA4F29619E}\" />"
            + "<EventID Qualifiers=\"\">3000</EventID><Version>0</Version><Level>4</Level>"
            + $"<TimeCreated SystemTime=\"{time}Z\" /><EventRecordID>{record}</EventRecordID>"
            + "<Channel>Microsoft-Windows-SMBServer/Audit</Channel><Computer>FS01</Computer></System>"
            + "<UserData><EventData xmlns=\"Smb3\"><ClientNameLength>11</ClientNameLength>"
            + $"<ClientName>{client}</ClientName></EventData></UserData><RenderingInfo Culture=\"de-DE\">"
            + "<Message>SMB1-Zugriff. Clientadresse: 6.6.6.6</Message><Level>Informationen</Level></RenderingInfo></Event>");

    /// <param name="shape">The XML of an event, of its client, the number of its record, and its time without a zone.</param>
    private async Task CountsEachFormAsync(Func<string, long, string, string> shape)
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        await using var exporter = await server.StartAsync();
        var expected = new SortedDictionary<string, double>(StringComparer.Ordinal);

        // One after the other, so that the form is named which is not counted as it should be.
        foreach (var (clientName, client) in Forms)
        {
            expected[client] = expected.GetValueOrDefault(client) + 1;
            var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
            server.Audit.WriteRaw(shape(SecurityElement.Escape(clientName), server.Audit.NextRecord, time));
            var scrape = await Then.SoonAsync(
                exporter.ScrapeAsync,
                text => text.AttemptsByClient().Values.Sum() >= expected.Values.Sum(),
                $"\"{clientName}\" is counted",
                text => text.Health());
            var counted = scrape.AttemptsByClient();
            Assert.True(
                counted.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(expected),
                $"\"{clientName}\" is not counted as {client}: {string.Join(", ", counted)}");
        }
    }
}
