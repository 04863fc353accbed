namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Whether sessions are audited into the log that is read, and how that is known.</summary>
internal sealed record AuditingFinding(bool? Enabled, string Detail);

/// <summary>Looks at a Samba server: what its smb.conf says, what testparm makes of it and what a running smbd does.</summary>
internal sealed class SambaConfiguration(SambaOptions options, IProcessRunner processes)
{
    /// <summary>
    /// Dialects older than SMB2: values of "server min protocol" with which SMB1 is served (smb.conf(5); "default" tried with 4.17).
    /// </summary>
    private static readonly string[] Smb1Protocols = ["DEFAULT", "CORE", "COREPLUS", "CORE+", "LANMAN1", "LANMAN2", "NT1"];

    public SambaTools Tools { get; } = new(processes, options.ConfigFile);

    /// <summary>Reads smb.conf.</summary>
    /// <returns>Null and the reason, with the remedy, when it cannot be read.</returns>
    public (SmbConf? Conf, string Error) Read()
    {
        try
        {
            return (SmbConf.Parse(new SmbConfFile(processes, options.ConfigFile).Read()), "");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (
                null, $"{options.ConfigFile} does not exist; install Samba, or set Exporter:Samba:ConfigFile to the file smbd runs with");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"{options.ConfigFile} cannot be read ({e.Message}); run smb1-exporter as root");
        }
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

    /// <summary>The log that smbd writes the audit to, or will once auditing is on; may hold Samba's substitutions or <c>*</c>.</summary>
    public async Task<string> FindAuditLogAsync(SmbConf? conf, CancellationToken cancellationToken) =>
        options.AuditLog.Length > 0 ? options.AuditLog : await FindWrittenLogAsync(conf, cancellationToken) ?? AuditLogPath.Default;

    /// <summary>
    /// Why auditing cannot be written into this smb.conf, or would not reach the log that is read; null when nothing is in the way.
    /// </summary>
    public async Task<string?> FindObstacleAsync(SmbConf conf, CancellationToken cancellationToken)
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

        return options.AuditLog.Length > 0
            && await FindWrittenLogAsync(conf, cancellationToken) is { } written
            && !AuditLogPath.Covers(options.AuditLog, written)
            ? $"{options.ConfigFile} sends {SambaLogLevel.AuditClass} to {written}, but {options.AuditLog} is read; "
                + "remove the setting Exporter:Samba:AuditLog or set it to the former"
            : null;
    }

    /// <summary>Whether auditing is on: in the configuration, in the smbd that runs, and into the log that is read.</summary>
    public async Task<AuditingFinding> InspectAuditingAsync(CancellationToken cancellationToken)
    {
        var (conf, error) = Read();
        if (conf is null)
        {
            return new AuditingFinding(null, error);
        }

        if (conf.LogLevel is { Invalid: { } word })
        {
            return new AuditingFinding(
                false, $"the log level in {options.ConfigFile} holds \"{word}\", which is no class:level: smbd does not start with it");
        }

        var configured = ConfiguredLevel(conf);
        if (configured < SambaLogLevel.AuditLevelNeeded)
        {
            return new AuditingFinding(
                false, $"{options.ConfigFile} leaves {SambaLogLevel.AuditClass} at level {configured}, "
                    + $"and {SambaLogLevel.AuditLevelNeeded} is needed");
        }

        if (!conf.UsesRegistry && await FindObstacleAsync(conf, cancellationToken) is { } obstacle)
        {
            return new AuditingFinding(false, obstacle);
        }

        if (!await Tools.MayWriteJsonAsync(cancellationToken))
        {
            return new AuditingFinding(
                false, "this Samba was built without JSON (smbd -b lists no HAVE_JSON_OBJECT) and cannot audit; install one that can");
        }

        return await InspectSmbdAsync(conf, configured, cancellationToken);
    }

    private static bool IsSmb1(string protocol) => Smb1Protocols.Contains(protocol.ToUpperInvariant());

    /// <summary>
    /// The level of the class by smb.conf; null when it is set elsewhere (registry, included file), which only smbd can tell.
    /// </summary>
    private static int? ConfiguredLevel(SmbConf conf) =>
        conf.UsesRegistry ? null : conf.LogLevel?.AuditLevel ?? (conf.HasIncludes || conf.ConfigFile is not null ? null : 0);

    private async Task<AuditingFinding> InspectSmbdAsync(SmbConf conf, int? configured, CancellationToken cancellationToken)
    {
        var log = await FindAuditLogAsync(conf, cancellationToken);
        var smbd = await Tools.GetSmbdStateAsync(cancellationToken);
        return smbd switch
        {
            { Running: null } => new AuditingFinding(null, $"whether smbd audits cannot be told: {smbd.Error}"),
            { Running: false } when configured is null => new AuditingFinding(
                null, $"smbd is not running, and {options.ConfigFile} sets no log level itself: whether it will audit cannot be told yet"),
            { Running: false } when conf.HasIncludes => new AuditingFinding(
                null, $"{options.ConfigFile} sets level {configured}, but it includes other files, which may set another; smbd, which would tell, is "
                    + "not running"),
            { Running: false } => new AuditingFinding(
                true, $"auditing into {log} is configured at level {configured}; smbd is not running and will take it up when it starts"),
            { AuditLevel: null } => new AuditingFinding(
                false, $"this smbd does not know the debug class {SambaLogLevel.AuditClass}; Samba 4.7 or newer is needed"),
            { AuditLevel: < SambaLogLevel.AuditLevelNeeded and var level } => new AuditingFinding(false, configured is null
                ? $"smbd runs with {SambaLogLevel.AuditClass} at level {level}, and {SambaLogLevel.AuditLevelNeeded} is needed"
                : $"{options.ConfigFile} sets {SambaLogLevel.AuditClass} to level {configured}, but smbd runs with {level}: a later line, "
                    + "an included file or smbd's option -d overrides it, or smbd was not told to reload (smbcontrol smbd reload-config)"),
            _ when !SmbConfFile.IsWritten(log, smbd.ProcessId!.Value) => new AuditingFinding(
                false, $"smbd audits at level {smbd.AuditLevel} but does not have {log} open: its configuration names another file, "
                    + "the directory is missing or not writable for it, or smbd logs to standard output (options --debug-stdout, -i, -S)"),
            _ => new AuditingFinding(true, $"smbd audits into {log} at level {smbd.AuditLevel}"),
        };
    }

    /// <summary>
    /// Where smb.conf as it is now sends the class; null where it does not say, or where the class is off and has no file.
    /// </summary>
    private async Task<string?> FindWrittenLogAsync(SmbConf? conf, CancellationToken cancellationToken)
    {
        if (conf is null || conf.UsesRegistry)
        {
            return null;
        }

        if (conf.AuditFile is { } file)
        {
            return file;
        }

        return conf.LogLevel is { IsAudited: true } ? await FindGeneralLogAsync(cancellationToken) : null;
    }

    private async Task<string> FindGeneralLogAsync(CancellationToken cancellationToken)
    {
        var (file, _) = await Tools.GetParameterAsync("log file", cancellationToken);
        return string.IsNullOrEmpty(file) ? AuditLogPath.DefaultGeneralLog : file;
    }
}
