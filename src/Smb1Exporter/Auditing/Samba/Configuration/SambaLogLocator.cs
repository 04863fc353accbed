namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>The two ends of the audit. Either may hold Samba's substitutions, and the one that is read <c>*</c>; see <see cref="AuditLogPath.FindFault"/>.</summary>
/// <param name="Read">The log that is read: the setting, else what smb.conf says, else <see cref="AuditLogPath.Default"/>.</param>
/// <param name="Written">
/// Where smb.conf as it is now sends the class; null where it does not say, or where the class is off and has no file.
/// </param>
internal sealed record SambaLogs(string Read, string? Written)
{
    /// <summary>The setting, where another log is read because the records are there; else null.</summary>
    public string? Overridden { get; init; }
}

/// <summary>Finds out which log smbd writes the audit to, and which one is read.</summary>
internal sealed class SambaLogLocator(SambaOptions options, SambaTools tools, TimeProvider timeProvider)
{
    /// <summary>Finds the log that is read and the one that is written.</summary>
    /// <exception cref="IOException">It cannot be told now.</exception>
    public async Task<SambaLogs> FindAsync(SmbConf conf, CancellationToken cancellationToken)
    {
        var written = await FindWrittenLogAsync(conf, cancellationToken);
        if (options.AuditLog.Length == 0)
        {
            return new SambaLogs(written ?? AuditLogPath.Default, written);
        }

        var setting = await WithHostInAsync(options.AuditLog, cancellationToken);
        if (written is null || AuditLogPath.Covers(setting, written))
        {
            return new SambaLogs(setting, written);
        }

        var (isSame, exists) = await BoundedAccess.RunAsync(
            $"{setting} and {written}",
            () => (AuditLogPath.LeadToSame(setting, written), SmbdProcess.HasFiles(setting)),
            timeProvider,
            cancellationToken);
        return isSame ? new SambaLogs(setting, setting)
            : !exists && conf.LogLevelInForce is { HasStreamInGeneralLog: true } ? new SambaLogs(written, written) { Overridden = setting }
            : new SambaLogs(setting, written);
    }

    /// <summary>Whether the setting names a log of which files exist; false without the setting.</summary>
    /// <exception cref="IOException">It cannot be told now.</exception>
    public async Task<bool> HasFilesOfSettingAsync(CancellationToken cancellationToken)
    {
        if (options.AuditLog.Length == 0)
        {
            return false;
        }

        var setting = await WithHostInAsync(options.AuditLog, cancellationToken);
        return await BoundedAccess.RunAsync($"files of {setting}", () => SmbdProcess.HasFiles(setting), timeProvider, cancellationToken);
    }

    /// <inheritdoc cref="AuditLogPath.WithHostIn"/>
    public async Task<string> WithHostInAsync(string log, CancellationToken cancellationToken)
    {
        var version = AuditLogPath.NeedsVersion(log) ? await tools.GetVersionAsync(cancellationToken) : null;
        return AuditLogPath.WithHostIn(log, Environment.MachineName, version);
    }

    private async Task<string?> FindWrittenLogAsync(SmbConf conf, CancellationToken cancellationToken)
    {
        if (conf.UsesRegistry)
        {
            return null;
        }

        if (conf.AuditFile is { } file)
        {
            // Quotation marks make a name that begins with one, in the directory that smbd runs in: nobody means that.
            return file.StartsWith('"') ? file : await ExpandAsync(file, cancellationToken);
        }

        return conf.LogLevelInForce is { IsAudited: true } or { HasStreamInGeneralLog: true } ? await FindGeneralLogAsync(cancellationToken) : null;
    }

    /// <summary>smbd's general log, as "log file" or smbd's option -l names it.</summary>
    public async Task<string> FindGeneralLogAsync(CancellationToken cancellationToken)
    {
        var smbd = await tools.GetSmbdStateAsync(cancellationToken);
        if (smbd.ProcessId is { } processId && SmbdProcess.FindLogByOption(processId) is { } byOption)
        {
            return SmbdProcess.Resolve(processId, byOption);
        }

        var (file, error) = await tools.GetParameterAsync("log file", cancellationToken);
        return file switch
        {
            null => throw new IOException(error),
            "" => AuditLogPath.DefaultGeneralLog,
            _ => await ExpandAsync(AuditLogPath.Unquoted(file), cancellationToken),
        };
    }

    /// <summary>Puts into a path what is the same for all processes of smbd.</summary>
    private async Task<string> ExpandAsync(string log, CancellationToken cancellationToken)
    {
        if (!Path.IsPathRooted(log) && (await tools.GetSmbdStateAsync(cancellationToken)).ProcessId is { } processId)
        {
            log = SmbdProcess.Resolve(processId, log);
        }

        return await WithHostInAsync(log, cancellationToken);
    }
}
