namespace Smb1Exporter.Tests.Auditing.Windows;

/// <summary>Event XML made for tests, in the shapes that the provider's manifest and the general shape of event XML allow. Constructed, not recorded.</summary>
internal static class EventXml
{
    public const string Provider = """<Provider Name="Microsoft-Windows-SMBServer" Guid="{d48ce617-33a2-4bc3-a5c7-11aa4f29619e}"/>""";

    public const string Time = "2026-11-23T03:40:36.0468210Z";

    public static string Attempt(string client, string time = Time) =>
        Event(3000, $"""<EventData><Data Name="ClientName">{client}</Data></EventData>""", time: time);

    public static string Rejection(string time = Time) => Event(1001, "", version: 1, time: time);

    public static string RejectionOfVersion0(string count, string client = "192.168.1.9") =>
        Event(
            1001,
            "<UserData><EventData xmlns=\"Smb3\">"
            + $"<ClientNameLength>{client.Length}</ClientNameLength><ClientName>{client}</ClientName><LogEventCount>{count}</LogEventCount>"
            + "</EventData></UserData>");

    public static string Event(int id, string data, int version = 0, string time = Time, string provider = Provider, string extra = "") =>
        $"""
        <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
          <System>{provider}<EventID>{id}</EventID><Version>{version}</Version><Level>4</Level>
            <TimeCreated SystemTime="{time}"/><EventRecordID>4711</EventRecordID><Computer>FS01</Computer></System>
          {data}{extra}
        </Event>
        """;
}
