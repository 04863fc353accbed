using System.CommandLine;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary>The command line: run the receiver, or look at what it would do.</summary>
internal static class ReceiverCommandLine
{
    private static readonly string Description = $"""
        Turns firing SMB1 alerts of Alertmanager into tickets.

        Without a command it runs: Alertmanager posts to /alerts, the page at / shows what became of it.
        Any setting may follow as --Receiver:KEY=VALUE or --urls=ADDRESS (default {ReceiverConfiguration.DefaultUrl}); README.md explains each.
        Secrets come from files or the environment only. KEY is one of

        {KeysByGroup()}
        """;

    /// <summary>Runs what the arguments ask for; the exit code is 0 when it went well.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        try
        {
            var (settings, others) = SettingArguments.Split(arguments, ReceiverOptionsReader.Section);
            var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };

            // The host has its own way to end on a signal.
            var invocation = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = error,
            };
            var parsed = Create(settings, output).Parse(others, parsing);
            return parsed.Errors.Count > 0
                ? throw new StartupException($"{string.Join(' ', parsed.Errors.Select(fault => fault.Message))} See --help.")
                : await parsed.InvokeAsync(invocation);
        }
        catch (StartupException e)
        {
            await error.WriteLineAsync($"smb1-ticket-receiver: {e.Message}");
            return 1;
        }
    }

    // One line for the settings without a group, one for each group.
    private static string KeysByGroup() => string.Join('\n', ReceiverOptionsReader.Keys
        .GroupBy(key => key.Contains(':', StringComparison.Ordinal) ? key.Split(':')[0] : "")
        .Select(group => $"  {string.Join(", ", group)}"));

    private static RootCommand Create(IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var config = new Option<string?>("--config")
        {
            Description = "A file of settings in JSON; environment and command line override it.",
            HelpName = "FILE",
            Recursive = true,
        };
        var file = new Argument<string>("FILE") { Description = "A webhook notification of Alertmanager in JSON; - reads standard input." };
        var render = new Command("render", "Print the tickets that a notification would make and the requests for them; send nothing.") { file };
        render.SetAction((parsed, cancellationToken) => RenderCommand.RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(config), settings, output, cancellationToken));
        var check = new Command("check", "Ask the ticketing system for all that deliveries need; change nothing.");
        check.SetAction((parsed, cancellationToken) => CheckCommand.RunAsync(parsed.GetValue(config), settings, output, cancellationToken));
        var customer = new Option<string>("--customer")
        {
            Description = "Send it where this customer's tickets go.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "Test customer",
        };
        var test = new Command("test-ticket", "Send one ticket that is marked as a test, and tell what came back.") { customer };
        test.SetAction((parsed, cancellationToken) => TestTicketCommand.RunAsync(
            parsed.GetValue(customer)!, parsed.GetValue(config), settings, output, cancellationToken));
        var show = new Command("config", "Print the settings that hold, without secrets.");
        show.SetAction((parsed, _) => ConfigCommand.RunAsync(parsed.GetValue(config), settings, output));
        var root = new RootCommand(Description) { config, render, check, test, show };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = ReceiverApplication.Build(parsed.GetValue(config), settings);
            await ReceiverRun.RunAsync(app, cancellationToken);
            return 0;
        });
        return root;
    }
}
