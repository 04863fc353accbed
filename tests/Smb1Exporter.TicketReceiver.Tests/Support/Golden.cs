namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>The prescribed text for the recorded notification, byte for byte.</summary>
internal static class Golden
{
    public static string Subject => Read("subject.txt");

    public static string Body => Read("body.txt");

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));
}
