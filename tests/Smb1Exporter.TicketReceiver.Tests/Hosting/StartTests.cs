using System.Net;
using System.Net.Sockets;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Commands;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Hosting;

/// <summary>What stops the start: one message that names cause and remedy, exit code 1, no stack trace.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("--Receiver:Repeet=Once", "Receiver:Repeet (value 'Once') is not a setting. Did you mean Receiver:Repeat?")]
    [InlineData("--Receiver:Repeat=Sometimes", "Receiver:Repeat: 'Sometimes' is not one of Continuous, OnChange, Once")]
    [InlineData("--Receiver:Repeat=1", "Receiver:Repeat: '1' is not one of Continuous, OnChange, Once")]
    [InlineData("--Receiver:TicketingSystem=Paper", "Receiver:TicketingSystem: 'Paper' is not one of BuiltIn")]
    [InlineData("--Receiver:MaxRequestBytes=20MB", "Receiver:MaxRequestBytes: '20MB' is not a whole number of bytes")]
    [InlineData("--Receiver:DuplicateWindow=5", "Receiver:DuplicateWindow: '5' is not a duration")]
    [InlineData("--Receiver:SubjectTemplate=%FOO%", "Receiver:SubjectTemplate: '%FOO%': %FOO% cannot be used here; use %COMPUTERNAME%, %CLIENTNAME%.")]
    [InlineData("--Receiver:BodyTemplate=", "Receiver:BodyTemplate: '': it is empty")]
    [InlineData("--Receiver:Repeat:Deep=Once", "Receiver:Repeat: must be a single value")]
    [InlineData("--Receiver:TokenFile=/nowhere/token", "Receiver:TokenFile: /nowhere/token cannot be read")]
    [InlineData("--Reciever:Repeat=Once", "there is no section Reciever. Did you mean Receiver?")]
    [InlineData("--Receiver:Repeat", "'--Receiver:Repeat' needs a value")]
    [InlineData("--verbose", "'--verbose'")]
    [InlineData("--config=/nowhere.json", "The settings file /nowhere.json cannot be read")]
    [InlineData("--urls=nonsense", "Cannot listen on nonsense: ")]
    [InlineData("--urls=http://0.0.0.0:0", "without a token")]
    [InlineData("--urls=http://*:0", "without a token")]
    [InlineData("--urls=http://[::]:0", "without a token")]
    [InlineData("--urls=http://fileserver:0", "without a token")]
    [InlineData("--urls=http://127.0.0.1:0;http://0.0.0.0:0", "without a token")]
    [InlineData("--http_ports=0", "without a token")]
    [InlineData("--Kestrel:Endpoints:Lan:Url=http://0.0.0.0:0", "without a token")]
    public async Task One_message_names_the_cause_and_the_exit_code_is_1(string argument, string message)
    {
        var (exitCode, output, error) = await RunAsync($"--Receiver:Database={_folder["tickets.db"]}", argument);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("smb1-ticket-receiver: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("one\ntwo\n", "more than one line")]
    public async Task A_token_file_without_one_token_stops_the_start(string content, string message)
    {
        await File.WriteAllTextAsync(_folder["token"], content, TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RunAsync($"--Receiver:Database={_folder["tickets.db"]}", $"--Receiver:TokenFile={_folder["token"]}");

        Assert.Equal(1, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_settings_are_reported_together_from_file_and_command_line()
    {
        await File.WriteAllTextAsync(_folder["settings.json"], """{ "Receiver": { "Databse": "x", "Repeat": "Never" } }""", TestContext.Current.CancellationToken);

        var (_, _, error) = await RunAsync("--config", _folder["settings.json"], "--Receiver:MaxRequestBytes", "0");

        Assert.Contains("Did you mean Receiver:Database?", error, StringComparison.Ordinal);
        Assert.Contains("'Never'", error, StringComparison.Ordinal);
        Assert.Contains("Receiver:MaxRequestBytes: '0'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settings_file_that_is_no_JSON_stops_the_start()
    {
        await File.WriteAllTextAsync(_folder["settings.json"], "{ \"Receiver\": ", TestContext.Current.CancellationToken);

        var (exitCode, _, error) = await RunAsync("--config", _folder["settings.json"]);

        Assert.Equal(1, exitCode);
        Assert.Contains($"The settings file {_folder["settings.json"]} cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_said_by_the_program_in_one_message()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var receiver = ReceiverProcess.Start($"--urls=http://{other.LocalEndpoint}", $"--Receiver:Database={_folder["tickets.db"]}");

        Assert.Equal(1, await receiver.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(
            $"smb1-ticket-receiver: Cannot listen on http://{other.LocalEndpoint}: Failed to bind to address http://{other.LocalEndpoint}: address already in use. Stop the program that uses the address, or listen on another one with --urls=http://HOST:PORT.",
            receiver.Output.Trim());
    }

    [Fact]
    public async Task With_a_token_it_listens_elsewhere_too()
    {
        await File.WriteAllTextAsync(_folder["token"], "secret", TestContext.Current.CancellationToken);

        await using var receiver = await RunningReceiver.StartAsync(("urls", "http://0.0.0.0:0"), ("Receiver:TokenFile", _folder["token"]));

        Assert.Contains("0.0.0.0", receiver.Client.BaseAddress!.Host, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await ReceiverCommandLine.RunAsync(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
