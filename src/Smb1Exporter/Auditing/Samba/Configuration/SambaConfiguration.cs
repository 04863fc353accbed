namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Whether sessions are audited into the log that is read, and how that is known.</summary>
internal sealed record AuditingFinding(bool? Enabled, string Detail);

/// <summary>Looks at a Samba server: what its smb.conf says, what testparm makes of it and what a running smbd does.</summary>
internal sealed class SambaConfiguration(SambaOptions options, IProcessRunner processes, TimeProvider timeProvider)
{
    /// <summary>
    /// Dialects older than SMB2: values of "server min protocol" with which SMB1 is served (smb.conf(5); "default" tried with 4.17).
    /// </summary>
    private static readonly string[] Smb1Protocols = ["DEFAULT", "CORE", "COREPLUS", "CORE+", "LANMAN1", "LANMAN2", "NT1"];

    public SambaTools Tools { get; } = new(processes, options.ConfigFile);

    /// <summary>Which logs are written and read.</summary>
    public SambaLogLocator Logs { get; } = new(options, new SambaTools(processes, options.ConfigFile), timeProvider);

    /// <summary>Which sessions may leave no record.</summary>
    public UnseenSessions Unseen { get; } = new(options, new SambaTools(processes, options.ConfigFile), timeProvider);

    /// <inheritdoc cref="SambaFiles.ReadAsync"/>
    public async Task<(SmbConf? Conf, string Error)> ReadAsync(CancellationToken cancellationToken)
    {
        var files = new SambaFiles(options.ConfigFile, timeProvider);
        var read = await files.ReadAsync(SmbConfSubstitutions.OfHost, cancellationToken);
        return read.Conf is { Tree.DependsOnProcess: true }
            ? await files.ReadAsync(await FindSubstitutionsAsync(cancellationToken), cancellationToken)
            : read;
    }

    /// <summary>Whether SMB1 is served: "server min protocol" is older than SMB2.</summary>
    public async Task<(bool? Enabled, string Detail)> InspectServerAsync(CancellationToken cancellationToken)
    {
        var (lowest, error) = await Tools.GetParameterAsync("server min protocol", cancellationToken);
        if (string.IsNullOrEmpty(lowest))
        {
            return (null, $"whether SMB1 is served cannot be told: {error}");
        }

        var served = IsSmb1(lowest);
        var (highest, _) = await Tools.GetParameterAsync("server max protocol", cancellationToken);
        var only = highest is { Length: > 0 } && IsSmb1(highest) && !highest.Equals("default", StringComparison.OrdinalIgnoreCase);
        return (served, (served, only) switch
        {
            (true, false) => $"SMB1 is served (server min protocol = {lowest})",
            (true, true) => $"only SMB1 is served (server min protocol = {lowest}, server max protocol = {highest}): "
                + "raise both to switch it off",
            (false, false) => $"SMB1 is not served (server min protocol = {lowest})",
            (false, true) => $"nothing is served: server max protocol = {highest} is below server min protocol = {lowest}",
        });
    }

    /// <summary>
    /// Why auditing cannot be written into this smb.conf, or would not reach the log that is read; null when nothing is in the way.
    /// </summary>
    public string? FindObstacle(SmbConf conf, SambaLogs logs)
    {
        if (conf.UsesRegistry)
        {
            var log = options.AuditLog.Length > 0 ? options.AuditLog : AuditLogPath.Default;
            return $"{options.ConfigFile} says \"config backend = registry\", so Samba's configuration is not in a file; "
                + "see its level with net conf getparm global \"log level\" and add the audit to it: net conf setparm global \"log level\" "
                + $"\"0 {SambaLogLevel.AuditClass}:{SambaLogLevel.AuditLevelNeeded}@{log}\"";
        }

        // Without such a file Samba stays with this one: smb.conf(5), "config file".
        if (conf.ConfigFile is { } other && File.Exists(other))
        {
            return $"{options.ConfigFile} hands over to {other} (\"config file =\"); set Exporter:Samba:ConfigFile to {other}";
        }

        if (conf.LogLevelInForce is { AuditFile: { } bytes } && !SmbConf.IsUtf8(bytes))
        {
            return $"the name of the audit log {conf.AuditFile} in \"log level\" is not UTF-8, and a file of such a name cannot be opened here; give "
                + "it a name in ASCII";
        }

        if (logs.Written is { } written)
        {
            return AuditLogPath.FindFault(written) ?? (AuditLogPath.Covers(logs.Read, written)
                ? AuditLogPath.FindFault(logs.Read)
                : $"{conf.LevelSetElsewhere?.ToString() ?? options.ConfigFile} sends {SambaLogLevel.AuditClass} to {written}, but {logs.Read} is read; "
                    + "remove the setting Exporter:Samba:AuditLog or set it to the former");
        }

        return AuditLogPath.FindFault(logs.Read);
    }

    /// <summary>Whether auditing is on: in the configuration, in the smbd that runs, and into the log that is read.</summary>
    public async Task<AuditingFinding> InspectAuditingAsync(SmbConf conf, SambaLogs logs, CancellationToken cancellationToken)
    {
        if (conf.LogLevelInForce is { Invalid: { } word })
        {
            return new AuditingFinding(
                false, $"the log level in {conf.LevelSetElsewhere?.ToString() ?? options.ConfigFile} holds \"{word}\", which is no class:level: smbd does not start with it");
        }

        var configured = ConfiguredLevel(conf);
        if (configured < SambaLogLevel.AuditLevelNeeded)
        {
            return new AuditingFinding(
                false, $"{conf.LevelSetElsewhere?.ToString() ?? options.ConfigFile} leaves {SambaLogLevel.AuditClass} at level {configured}, "
                    + $"and {SambaLogLevel.AuditLevelNeeded} is needed");
        }

        if (!conf.UsesRegistry && FindObstacle(conf, logs) is { } obstacle)
        {
            return new AuditingFinding(false, obstacle);
        }

        if (!await Tools.MayWriteJsonAsync(cancellationToken))
        {
            return new AuditingFinding(
                false, "this Samba was built without JSON (smbd -b lists no HAVE_JSON_OBJECT) and cannot audit; install one that can");
        }

        var found = await InspectSmbdAsync(conf, logs.Read, configured, cancellationToken);
        return logs.Overridden is null
            ? found
            : found with
            {
                Detail = $"{found.Detail}; the setting Exporter:Samba:AuditLog names {logs.Overridden}, which does not exist, but smb.conf sends the "
                    + $"records to {logs.Written}, where others may read them: that one is read; remove the setting or set it to {logs.Written}",
            };
    }

    /// <summary>
    /// Why a level written into smb.conf would not be in force: an included file sets one after it; null where none does, or where that is on.
    /// </summary>
    public string? FindLaterLevel(SmbConf conf) =>
        conf.LevelSetElsewhere is { } place && conf.LogLevelInForce is { IsAudited: false } level
            ? $"{place}, which {options.ConfigFile} includes, sets a log level of its own (\"{SmbConf.Decode(conf.Tree!.LogLevel!.Value)}\"), and what is set "
                + $"in {options.ConfigFile} is overridden by it; add {level.AuditWord(conf.AuditFile ?? AuditLogPath.Default)} to the log level there"
            : null;

    /// <summary>
    /// Says so, with the remedy, when other messages of smbd at level 2 or more stand in the audit's file: what clients send is part of them, and
    /// can be made to look like a record. JSON of other classes cannot: it is escaped.
    /// </summary>
    public async Task<string?> FindForgeryAsync(SmbConf conf, SambaLogs logs, CancellationToken cancellationToken)
    {
        const int Chatty = 2;
        const string Json = "_json_audit";
        if (conf.LogLevelInForce is not { IsAudited: true } level || logs.Written is null)
        {
            return null;
        }

        var chatty = level.Others
            .Where(other => other.Value.Level >= Chatty && !other.Key.EndsWith(Json, StringComparison.Ordinal))
            .Select(other => (Name: $"{other.Key}:{other.Value.Level}", File: SmbConf.Decode(other.Value.File)))
            .ToList();
        if (level.GeneralLevel >= Chatty)
        {
            chatty.Add((Name: $"{level.GeneralLevel}", File: null));
        }

        // Which file the general log is matters only where the audit has one of its own, and asking costs.
        var general = conf.AuditFile is null ? logs.Written
            : chatty.Exists(other => other.File is null) ? await Logs.FindGeneralLogAsync(cancellationToken)
            : "";
        var sharing = chatty.Where(other => IsSame(other.File ?? general, conf.AuditFile ?? general)).Select(other => other.Name).ToList();
        return sharing.Count == 0
            ? null
            : $"the audit shares {logs.Written} with other messages of smbd (log level = {string.Join(' ', sharing)}), which hold text that clients "
                + "choose: any client can forge records of any address; give the audit a file of its own in smb.conf, such as "
                + $"{SambaLogLevel.AuditClass}:{SambaLogLevel.AuditLevelNeeded}@{AuditLogPath.Default} in \"log level\"";
    }

    private static bool IsSame(string one, string other) => AuditLogPath.Covers(one, other) || AuditLogPath.Covers(other, one);

    private static bool IsSmb1(string protocol) => Smb1Protocols.Contains(protocol.ToUpperInvariant());

    /// <summary>
    /// The level of the class by smb.conf; null when it is or may be set elsewhere (registry, a file that cannot be read), which only smbd can tell.
    /// </summary>
    private static int? ConfiguredLevel(SmbConf conf) =>
        conf.UsesRegistry || conf.Tree is { IsOpaque: true }
            ? null
            : conf.LogLevelInForce?.AuditLevel ?? (conf.HasIncludes || conf.ConfigFile is not null ? null : 0);

    private async Task<AuditingFinding> InspectSmbdAsync(SmbConf conf, string log, int? configured, CancellationToken cancellationToken)
    {
        var smbd = await Tools.GetSmbdStateAsync(cancellationToken);
        return smbd switch
        {
            { Running: null } => new AuditingFinding(null, $"whether smbd audits cannot be told: {smbd.Error}"),
            { Running: false } when configured is null => new AuditingFinding(
                null, $"smbd is not running, and what stands in {options.ConfigFile} does not alone decide about its log level: whether it will audit cannot be "
                    + "told yet"),
            { Running: false } when conf.HasIncludes => new AuditingFinding(
                null, $"{options.ConfigFile} sets level {configured}, but it includes other files, which may set another; smbd, which would tell, is "
                    + "not running"),
            { Running: false } => new AuditingFinding(
                true, $"auditing into {log} is configured at level {configured}; smbd is not running and will take it up when it starts"),
            { AuditLevel: null } => new AuditingFinding(
                false, $"this smbd does not know the debug class {SambaLogLevel.AuditClass}; Samba 4.7 or newer is needed"),
            { AuditLevel: < SambaLogLevel.AuditLevelNeeded and var level } => new AuditingFinding(false, conf.UsesRegistry || conf.LogLevelInForce is not { IsAudited: true } set
                ? $"smbd runs with {SambaLogLevel.AuditClass} at level {level}, and {SambaLogLevel.AuditLevelNeeded} is needed"
                : $"{conf.LevelSetElsewhere?.ToString() ?? options.ConfigFile} sets {SambaLogLevel.AuditClass} to level {set.AuditLevel}, but smbd runs with "
                    + $"{level}: a later line, an included file, {RegistryOf(conf)} or smbd's option -d overrides it, or smbd was not told to reload "
                    + "(smbcontrol smbd reload-config)"),
            _ => await InspectOpenFilesAsync(smbd, log, cancellationToken),
        };
    }

    private static string RegistryOf(SmbConf conf) =>
        conf.Tree?.Settings.LastOrDefault(setting => setting is { Name: "include", Pattern: null })?.Place is { } place
            ? $"the registry that {place} includes (see net conf getparm global \"log level\")"
            : "the registry";

    private async Task<AuditingFinding> InspectOpenFilesAsync(SmbdState smbd, string log, CancellationToken cancellationToken)
    {
        var (missing, written) = await BoundedAccess.RunAsync(
            $"files of smbd {smbd.ProcessId} and {log}",
            () => (SmbConfFile.FindMissingDirectoryOf(log), SmbdProcess.HasOpen(smbd.ProcessId!.Value, log)),
            timeProvider,
            cancellationToken);
        return (missing, written) switch
        {
            // smbd may go on writing into a file that nobody else can open.
            ({ } fault, _) => new AuditingFinding(false, fault),
            (_, false) => new AuditingFinding(
                false, $"smbd audits at level {smbd.AuditLevel} but does not have {log} open: its configuration names another file, "
                    + "the directory is missing or not writable for it, the general log (\"log file\") cannot be opened, which smbd opens first, "
                    + "or smbd logs to standard output (options --debug-stdout, -i, -S)"),
            _ => new AuditingFinding(true, $"smbd audits into {log} at level {smbd.AuditLevel}"),
        };
    }

    private async Task<SmbConfSubstitutions> FindSubstitutionsAsync(CancellationToken cancellationToken)
    {
        var version = await Tools.GetVersionAsync(cancellationToken);
        return (await Tools.GetSmbdStateAsync(cancellationToken)).ProcessId is { } processId
            ? new SmbConfSubstitutions(
                Environment.MachineName, version, SmbdProcess.EnvironmentOf(processId), SmbdProcess.FolderOf(processId))
            : SmbConfSubstitutions.OfHost with { Version = version };
    }
}
