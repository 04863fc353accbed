using Smb1Exporter.Commands;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Commands;

/// <summary>What stops the start: one message that names cause and remedy, exit code 1, no stack trace.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--Exportr:MaxClients=5", "'--Exportr:MaxClients=5' is not a setting: there is no section Exportr. Did you mean Exporter?")]
    [InlineData("--max-clients=5", "'--max-clients=5'")]
    [InlineData("run", "'run'")]
    [InlineData("--Exporter:MaxClients", "'--Exporter:MaxClients' needs a value: --Exporter:MaxClients=VALUE.")]
    [InlineData("--Exporter:MaxClients=5x", "Exporter:MaxClients: '5x' is not a whole number")]
    [InlineData("--config=/nowhere.json", "The settings file /nowhere.json cannot be read")]
    [InlineData("--config=@nowhere", "@nowhere cannot be read")]
    [InlineData("--urls=nonsense", "Cannot listen on nonsense: ")]
    public async Task One_message_names_the_cause_and_the_exit_code_is_1(string argument, string message)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await CommandLine.RunAsync(
            [
                argument, "--Exporter:Source=Samba", "--Exporter:EnableAuditing=false", $"--Exporter:StateFile={_folder["state.db"]}",
                $"--Exporter:Samba:AuditLog={_folder["audit.log"]}",
            ],
            output,
            error);

        Assert.Equal((1, ""), (exitCode, output.ToString()));
        Assert.StartsWith("smb1-exporter: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.ToString(), StringComparison.Ordinal);
    }
}
