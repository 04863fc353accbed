using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Commands;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Commands;

public sealed class RenderTests
{
    [Fact]
    public async Task It_prints_the_prescribed_ticket()
    {
        var (exitCode, output, error) = await RunAsync(Samples.PathOf("alertmanager-webhook.json"));

        Assert.Equal((0, $"Subject: {Golden.Subject}\n\n{Golden.Body}\n", ""), (exitCode, output, error));
    }

    [Fact]
    public async Task It_uses_the_templates_of_the_settings()
    {
        var (_, output, _) = await RunAsync(
            Samples.PathOf("alertmanager-webhook.json"), "--Receiver:SubjectTemplate=SMB1 on %COMPUTERNAME%", "--Receiver:BodyTemplate", "of %CLIENTNAME%");

        Assert.Equal("Subject: SMB1 on FS01\n\nof Contoso\n", output);
    }

    [Fact]
    public async Task A_payload_that_would_be_refused_is_an_error()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["payload.json"], "{\"version\":\"3\"}", TestContext.Current.CancellationToken);

        var (exitCode, output, error) = await RunAsync(folder["payload.json"]);
        var missing = await RunAsync(folder["missing.json"]);

        Assert.Equal((1, "", $"smb1-ticket-receiver: {folder["payload.json"]}: $.version is \"3\"; only Alertmanager's webhook format version \"4\" is understood.\n"), (exitCode, output, error));
        Assert.Equal((1, ""), (missing.ExitCode, missing.Output));
        Assert.Contains("missing.json cannot be read", missing.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string file, params string[] settings)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await ReceiverCommandLine.RunAsync(["render", file, .. settings], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
