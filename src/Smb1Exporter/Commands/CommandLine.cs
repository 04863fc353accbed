using System.CommandLine;
using Smb1Exporter.Counting;
using Smb1Exporter.Hosting;

namespace Smb1Exporter.Commands;

/// <summary>The command line: run, <c>check</c>, <c>report</c>, or <c>forget</c>.</summary>
internal static class CommandLine
{
    internal static readonly string Description = $"""
        Counts SMB1 connection attempts on this file server, by client, and shows them on /metrics for Prometheus.

        Without a command it runs until it is stopped. Settings come from appsettings.json beside the program, the file named with
        --config, the environment (Exporter__Customer=…) and the command line (--Exporter:Customer=…); later ones win:

          Urls                            addresses to listen on                       http://*:10445
          AllowedHosts                    further host names for the pages, with ;
          Exporter:Source                 Auto, WindowsEventLog or Samba               Auto
          Exporter:StateFile              where totals and positions are kept          {CountingOptions.DefaultStateFile}
          Exporter:Customer               label customer: who owns this server
          Exporter:HostName               label host_name                              the machine's name
          Exporter:HostNameForm           how much of it: Auto, Short or Full          Auto
          Exporter:EnableAuditing         switch SMB1 auditing on when it is off       true
          Exporter:AuditingCheckInterval  how often that is checked                    01:00:00
          Exporter:OwnConnections         ask the SMB servers of this machine what
                                          they serve and record: Auto, On or Off       Auto
          Exporter:ProofInterval          how often they are asked, at the most        00:10:00
          Exporter:InitialLookback        how far the first run looks back             01:00:00
          Exporter:PollInterval           how often the log is looked at               00:00:01
          Exporter:ExcludedClients        addresses, CIDR ranges and names counted
                                          apart
          Exporter:MaxClients             clients with series of their own             1000
          Exporter:ClientRetention        how long an unseen client is remembered      180.00:00:00
          Exporter:ResolveNames           look up and show the names of clients        true
          Exporter:BirthHold              hold of a new value; above the scrape
                                          interval of every Prometheus                 00:02:00
          Exporter:ReadyAfter             without gap and attempt for so long, SMB1
                                          can be disabled                              32.00:00:00
          Exporter:Samba:ConfigFile       the smb.conf that smbd runs with             /etc/samba/smb.conf
          Exporter:Samba:AuditLog         the audit log; %m and * stand for several    what smb.conf says
          Exporter:Samba:Servers          where Samba is asked, such as 127.0.0.1:445  wherever it listens
        """;

    /// <summary>Runs what the arguments ask for.</summary>
    /// <returns>The exit code: 0 when all is well.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            var (settings, others) = SettingArguments.Split(arguments, Settings.Section);
            var parsed = Create(settings, output).Parse(others, new ParserConfiguration { ResponseFileTokenReplacer = null });
            return parsed.Errors.Count > 0
                ? throw new StartupException($"{string.Join(' ', parsed.Errors.Select(fault => fault.Message))} See --help.")
                : await parsed.InvokeAsync(new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,

                    // The host answers signals itself, and takes the time it needs to store.
                    ProcessTerminationTimeout = null,
                    Output = output,
                    Error = error,
                });
        }
        catch (StartupException e)
        {
            await error.WriteLineAsync($"smb1-exporter: {e.Message}");
            WindowsService.TellFailedStart(e.Message);
            return 1;
        }
    }

    private static RootCommand Create(IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var config = new Option<string?>("--config")
        {
            Description = "A JSON file with settings",
            HelpName = "FILE",
            Recursive = true,
        };
        var root = new RootCommand(Description) { config };
        root.SetAction((result, _) => ExporterHost.RunAsync(result.GetValue(config), settings));

        root.Add(CreateCheck(config, settings, output));
        root.Add(CreateReport(config, settings, output));
        root.Add(CreateForget(config, settings, output));
        return root;
    }

    private static Command CreateCheck(
        Option<string?> config, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var json = new Option<bool>("--json")
        {
            Description = "Writes one JSON document: version, host, faults (how many), findings (each with level: ok, hint or fault; subject; text)",
        };
        var check = new Command(
            "check",
            "Looks at SMB1, its auditing, the log and the state file on this host, and says how to mend what is wrong. Exit code 0 without a fault, else 1")
        {
            json,
        };
        check.SetAction((result, cancellationToken) =>
            CheckCommand.RunAsync(result.GetValue(config), settings, result.GetValue(json), output, cancellationToken));
        return check;
    }

    private static Command CreateForget(
        Option<string?> config, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var client = new Argument<string>("CLIENT") { Description = "The client as client_address shows it: an address or a name" };
        var forget = new Command("forget", "Forgets a client and its counts, which frees its place under Exporter:MaxClients. Asks the running exporter, or changes its state file")
        {
            client,
        };
        forget.SetAction((result, cancellationToken) =>
            ForgetCommand.RunAsync(result.GetValue(config), settings, result.GetRequiredValue(client), output, cancellationToken));
        return forget;
    }

    private static Command CreateReport(
        Option<string?> config, IReadOnlyList<KeyValuePair<string, string?>> settings, TextWriter output)
    {
        var html = new Option<string?>("--html")
        {
            Description = $"Writes one self-contained HTML file; {ReportCommand.StandardOutput} is standard output",
            HelpName = "FILE",
        };
        var csv = new Option<string?>("--csv")
        {
            Description = $"Writes a table for spreadsheets; {ReportCommand.StandardOutput} is standard output",
            HelpName = "FILE",
        };
        var report = new Command(
            "report",
            "Writes the evidence for this server: whether SMB1 can be disabled, why, and who used it. Without a file: HTML to standard output")
        {
            html, csv,
        };
        report.SetAction((result, cancellationToken) => ReportCommand.RunAsync(
            result.GetValue(config), settings, result.GetValue(html), result.GetValue(csv), output, cancellationToken));
        return report;
    }
}
