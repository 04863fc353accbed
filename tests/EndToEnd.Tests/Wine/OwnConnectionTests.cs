using System.Net;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>Our own connection on a Windows that writes no event of it; whether a real one does was not seen.</summary>
public sealed class OwnConnectionTests(WinePrefix wine)
{
    [Fact]
    public async Task Where_our_own_connection_leaves_no_event_the_settings_are_believed_and_the_page_says_so()
    {
        using var server = await WindowsFileServer.CreateAuditedAsync(wine);
        await using var exporter = await server.StartAsync("--Exporter:OwnConnections=On");

        // Whether anything listens on port 445 is this machine's affair.
        var page = await Eventually.GetAsync(
            async () => WebUtility.HtmlDecode(await exporter.Http.GetStringAsync("/", TestContext.Current.CancellationToken)),
            page => page.Contains("127.0.0.1:445", StringComparison.Ordinal),
            "the page tells of the connection",
            TimeSpan.FromSeconds(90));
        Assert.Contains("the system's own settings are believed", page, StringComparison.Ordinal);

        server.Audit.WriteAttempt("192.168.102.14");
        await exporter.WhenCountedAsync("192.168.102.14", 1);
        await exporter.WhenAuditingAsync();
    }
}
