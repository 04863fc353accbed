using System.CommandLine;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>The command line: run the receiver, or show what tickets a payload would make.</summary>
internal static class ReceiverCommandLine
{
    private static readonly string Description = $"""
        Turns firing SMB1 alerts of Alertmanager into tickets.

        Without a command it runs: Alertmanager posts to /alerts, the page at / shows the tickets.
        Any setting may follow as --Receiver:KEY=VALUE or --urls=ADDRESS (default {ReceiverConfiguration.DefaultUrl}).
        KEY is one of {string.Join(", ", ReceiverOptionsReader.Keys)}.
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

    private static RootCommand Create(IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var config = new Option<string?>("--config")
        {
            Description = "A file of settings in JSON; environment and command line override it.",
            HelpName = "FILE",
            Recursive = true,
        };
        var file = new Argument<string>("FILE") { Description = "A webhook notification of Alertmanager in JSON; - reads standard input." };
        var render = new Command("render", "Print the tickets that a notification would make, and send nothing.") { file };
        render.SetAction((parsed, cancellationToken) => RenderCommand.RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(config), settings, output, cancellationToken));
        var root = new RootCommand(Description) { config, render };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            await using var app = ReceiverApplication.Build(parsed.GetValue(config), settings);
            await ReceiverRun.RunAsync(app, cancellationToken);
            return 0;
        });
        return root;
    }
}
