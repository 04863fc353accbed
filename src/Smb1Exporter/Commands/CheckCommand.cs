using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.Hosting;
using Smb1Exporter.Pushing;

namespace Smb1Exporter.Commands;

/// <summary><c>smb1-exporter check</c>: looks, and changes nothing. May be run beside a running exporter.</summary>
internal static class CheckCommand
{
    /// <summary>Prints what it finds.</summary>
    /// <param name="configFile">The value of --config.</param>
    /// <param name="commandLine">Settings of the command line.</param>
    /// <param name="json">Whether it is to be one JSON document, settings that are wrong being a fault in it.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>0 when all is well, 1 when something has to be mended.</returns>
    /// <exception cref="StartupException">Settings are wrong, and it is not to be JSON.</exception>
    public static async Task<int> RunAsync(
        string? configFile,
        IReadOnlyList<KeyValuePair<string, string?>> commandLine,
        bool json,
        TextWriter output,
        CancellationToken cancellationToken)
    {
        try
        {
            var (host, findings) = await LookAsync(configFile, commandLine, cancellationToken);
            return await FindingsWriter.WriteAsync(findings, host, json, output);
        }
        catch (StartupException e) when (json)
        {
            return await FindingsWriter.WriteAsync([Finding.Fault("Configuration", e.Message)], Environment.MachineName, json, output);
        }
    }

    private static async Task<(string Host, List<Finding> Findings)> LookAsync(
        string? configFile, IReadOnlyList<KeyValuePair<string, string?>> commandLine, CancellationToken cancellationToken)
    {
        using var configuration = new ConfigurationManager();
        ConfigurationSources.Load(configuration, configFile, commandLine);
        var settings = Settings.Read(configuration);
        var push = PushSettings.Read(configuration);
        var kind = AuditParts.KindOf(settings.Auditing.Source);

        var services = new ServiceCollection();
        services.AddLogging();
        ExporterHost.AddServices(services, settings);
        await using var provider = services.BuildServiceProvider();

        var findings = new List<Finding>
        {
            Finding.Ok("Configuration", $"no fault; source {kind}{(settings.Auditing.Source == AuditSourceKind.Auto ? ", picked for this platform" : "")}"),
        };
        var opinion = await provider.GetRequiredService<IAuditingSwitch>().InspectAsync(cancellationToken);
        var source = provider.GetRequiredService<IAuditSource>();
        var timeProvider = provider.GetRequiredService<TimeProvider>();
        var prover = AuditParts.CreateProver(kind, provider, mayUseSmb1: false);
        var proof = await new ProofCheck(prover, source, provider.GetRequiredService<OwnConnections>(), timeProvider).AskAsync(cancellationToken);
        // Some servers can be logged on to only by one who counts.
        if (proof is { Served.Answer: true, Audited.Answer: null } && StateFileCheck.AuditedByRunning(settings.Counting.StateFile) is { } audited)
        {
            proof = proof with { Audited = audited };
        }

        var lastAttempt = StateFileCheck.LastAttempt(settings.Counting.StateFile);
        var state = ProvenState.Of(opinion, proof, lastAttempt, offSince: null, timeProvider.GetUtcNow());
        findings.Add(OfServer(state, proof));
        findings.Add(OfAuditing(state, settings.Auditing.EnableAuditing, StateFileCheck.AuditingFailure(settings.Counting.StateFile)));
        if (state.Warning.Length > 0)
        {
            findings.Add(Finding.Fault("Auditing", state.Warning));
        }

        if (state.Unseen.Length > 0)
        {
            findings.Add(Finding.Fault("Auditing", state.Unseen));
        }

        findings.Add(OfSessions(proof));
        findings.Add(OfSource(source, timeProvider, cancellationToken));
        if (StateFileCheck.SourceFailure(settings.Counting.StateFile) is { Length: > 0 } failure
            && !findings.Exists(finding => finding.ToString().Contains(failure, StringComparison.Ordinal)))
        {
            findings.Add(Finding.Fault("Audit log", $"the running smb1-exporter says: {failure}"));
        }

        findings.AddRange(source.GetAdvice().Select(advice => Finding.Advice("Audit log", advice)));
        findings.Add(StateFileCheck.Run(settings.Counting.StateFile));
        var machine = provider.GetRequiredService<MachineName>();
        var resource = new HostResource(settings.Exposition, machine, StateFileCheck.HostName(settings.Counting.StateFile));
        findings.AddRange(OfHostName(resource, machine));
        findings.AddRange(OfExclusions(settings.Counting.ExcludedClients));

        if (push is not null)
        {
            findings.Add(Finding.Ok("Push", $"to {push.ShownEndpoint} every {push.Interval}; whether it is taken, the exporter's log says"));
        }

        return (resource.HostName, findings);
    }

    private static IEnumerable<Finding> OfHostName(HostResource resource, MachineName machine)
    {
        if (resource.IsKeptShort)
        {
            yield return Finding.Advice("Host name", HostResource.KeptShort(machine));
        }
        else if (resource.IsWhole)
        {
            yield return Finding.Ok("Host name", $"host_name is {resource.HostName}, the whole name of this machine");
        }
    }

    private static IEnumerable<Finding> OfExclusions(IReadOnlyList<string> excluded)
    {
        const string Subject = "Excluded clients";
        if (excluded.Count > 0)
        {
            yield return Finding.Ok(Subject, $"{string.Join(", ", excluded)}; their attempts are counted apart and raise no alert");
        }

        foreach (var family in ClientExclusions.Parse(excluded).WholeFamilies)
        {
            yield return Finding.Advice(
                Subject, $"{family} excludes every such client, so no use of SMB1 by one is ever reported. List the scanners alone in Exporter:ExcludedClients.");
        }
    }

    private static Finding OfServer(AuditingState state, ServerProof proof) => state.ServerEnabled switch
    {
        true when proof is { IsBelief: false, Served.Answer: null } => Finding.Advice(
            "SMB1", $"whether this host serves it is not proved: {proof.Served.Detail}"),
        true => Finding.Ok("SMB1", "on: this host serves SMB1 clients"),
        false => Finding.Ok("SMB1", "off: this host refuses SMB1 clients"),

        // One cause is one fault: that of auditing, which tells it.
        null when state.AuditingEnabled is null => Finding.Advice("SMB1", "whether this host serves it could not be told, for the reason below"),
        null => Finding.Fault("SMB1", $"whether this host serves it could not be told. {state.Detail}"),
    };

    private static Finding OfSessions(ServerProof proof) => proof.Idle.Answer is null
        ? Finding.Advice("Open sessions", $"not known: {proof.Idle.Detail}")
        : Finding.Ok("Open sessions", proof.Idle.Detail);

    /// <param name="state">What was found.</param>
    /// <param name="enables">Whether the exporter is to switch auditing on.</param>
    /// <param name="lastFailure">Why it could not when it last tried; null when it never failed.</param>
    private static Finding OfAuditing(AuditingState state, bool enables, string? lastFailure) => state.AuditingEnabled switch
    {
        true => Finding.Ok("Auditing", $"on. {state.Detail}"),
        false when !state.CanBeSwitchedOn => Finding.Fault("Auditing", $"off. {state.Detail}"),
        false when !enables => Finding.Fault(
            "Auditing", $"off. {state.Detail} Remedy: set Exporter:EnableAuditing to true, or switch it on by hand."),
        false when lastFailure is not null => Finding.Fault("Auditing", $"off. When smb1-exporter last tried to switch it on: {lastFailure}"),
        false => Finding.Fault("Auditing", $"off. {state.Detail} Remedy: start smb1-exporter, which switches it on."),
        null => Finding.Fault("Auditing", $"could not be told. {state.Detail}"),
    };

    private static Finding OfSource(IAuditSource source, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            // What is read is thrown away: only whether it can be read is asked.
            var batch = source.Read(new AuditStart(null, timeProvider.GetUtcNow()), cancellationToken);
            return (batch.Failure?.Message ?? (batch.Errors is [var error, ..] ? error.Detail : null)) is { } problem
                ? Finding.Fault("Audit log", problem)
                : Finding.Ok("Audit log", $"{source.Description} can be read");
        }
        catch (AuditSourceException e)
        {
            return Finding.Fault("Audit log", e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Fault("Audit log", $"{source.Description} cannot be read: {e.Message}");
        }
    }
}
