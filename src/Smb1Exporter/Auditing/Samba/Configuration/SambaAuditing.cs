namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Switches the audit of SMB1 sessions on in smb.conf: the change is tried by testparm, put in place in one step, taken over by smbd
/// and read back from it; if any of that fails, the file that was there before is there again.
/// </summary>
internal sealed class SambaAuditing(SambaOptions options, IProcessRunner processes, TimeProvider timeProvider) : IAuditingSwitch
{
    private static readonly TimeSpan ReadBackInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>One change at a time, also with several instances in this process.</summary>
    private static readonly SemaphoreSlim Turn = new(1, 1);

    private readonly SambaConfiguration _configuration = new(options, processes, timeProvider);
    private string? _lastLog;

    /// <summary>The configuration of logrotate that is looked at.</summary>
    internal LogrotateFiles Logrotate { get; init; } = new();

    /// <summary>How long smbd may take to show the change. Default: 10 s.</summary>
    internal TimeSpan ReadBackLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The log to follow: the setting <c>Exporter:Samba:AuditLog</c>, else the file that smb.conf gives the class, else (class on, without
    /// a file of its own) Samba's general log, else /var/log/samba/smb1_audit.json. Where no file of the setting exists and the class has a level of its
    /// own in the general log, that one: the records are there, and stay there for whoever reads them. May hold Samba's substitutions or <c>*</c>. While it cannot
    /// be told, it stays as it was. Never throws but for cancellation.
    /// </summary>
    public async Task<string> GetAuditLogAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _configuration.Logs.HasFilesOfSettingAsync(cancellationToken)
                && (await _configuration.ReadAsync(cancellationToken)).Conf is { } conf)
            {
                _lastLog = (await _configuration.Logs.FindAsync(conf, cancellationToken)).Read;
                return _lastLog;
            }
        }
        catch (IOException)
        {
            // Why, the check of auditing tells.
        }

        return options.AuditLog.Length > 0
            ? await _configuration.Logs.WithHostInAsync(options.AuditLog, cancellationToken)
            : _lastLog ?? AuditLogPath.Default;
    }

    /// <inheritdoc />
    public async Task<AuditingState> InspectAsync(CancellationToken cancellationToken)
    {
        var (conf, error) = await _configuration.ReadAsync(cancellationToken);
        if (conf is null)
        {
            // What we cannot read, testparm cannot either, and it would wait where we do not.
            return new AuditingState(null, null, error);
        }

        var (served, server) = await _configuration.InspectServerAsync(cancellationToken);
        try
        {
            var logs = await _configuration.Logs.FindAsync(conf, cancellationToken);
            var auditing = await _configuration.InspectAuditingAsync(conf, logs, cancellationToken);
            return new AuditingState(served, auditing.Enabled, $"{server}; {auditing.Detail}")
            {
                Warning = await FindWarningAsync(conf, logs, cancellationToken),
                Unseen = await _configuration.Unseen.FindAsync(conf, cancellationToken),
                NeedsChange = conf.LogLevelInForce is not { IsAudited: true },
            };
        }
        catch (IOException e)
        {
            return new AuditingState(served, null, $"{server}; whether smbd audits cannot be told: {e.Message}");
        }
    }

    /// <inheritdoc />
    public async Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            var (conf, error) = await _configuration.ReadAsync(cancellationToken);
            if (conf is null)
            {
                return Failure(error);
            }

            var logs = await _configuration.Logs.FindAsync(conf, cancellationToken);
            return (_configuration.FindObstacle(conf, logs) ?? _configuration.FindLaterLevel(conf)) is { } obstacle
                ? Failure(obstacle)
                : await EnableAsync(new SmbConfFile(processes, options.ConfigFile), conf, logs.Read, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failure(e.Message);
        }
        finally
        {
            Turn.Release();
        }
    }

    private async Task<EnableOutcome> EnableAsync(SmbConfFile file, SmbConf conf, string log, CancellationToken cancellationToken)
    {
        if (conf.AuditFile is null
            && conf.LogLevelInForce is not { IsAudited: true } and not { HasStreamInGeneralLog: true }
            && log.Contains('*', StringComparison.Ordinal))
        {
            return Failure($"Exporter:Samba:AuditLog is the pattern {log}, and smb.conf needs a name; "
                + "give the class a file in smb.conf yourself, or write Samba's substitution (%m, %I) instead of the *");
        }

        // What is on already in an included file needs nothing here.
        var edit = conf.LogLevelInForce is { IsAudited: true } ? new SmbConfEdit(conf.Text, null) : conf.WithAuditing(log);
        if (edit.Text is not { } edited)
        {
            return Failure(edit.Refusal!);
        }

        if (SmbConfFile.FindFaultWithDirectoryOf(log) is { } fault)
        {
            return Failure(fault);
        }

        return edited == conf.Text
            ? new EnableOutcome(true, await ReloadAndReadBackAsync(cancellationToken)) { Changed = false }
            : await ReplaceAsync(file, conf.Text, edited, cancellationToken);
    }

    private async Task<EnableOutcome> ReplaceAsync(SmbConfFile file, string original, string edited, CancellationToken cancellationToken)
    {
        string? backup = null;
        var replaced = false;
        try
        {
            backup = await file.BackUpAsync(timeProvider.GetUtcNow(), cancellationToken);
            await file.WriteCandidateAsync(edited, cancellationToken);
            if (await _configuration.Tools.FindFaultAsync(file.Candidate, cancellationToken) is { } fault)
            {
                throw new SetbackException($"the changed file was not accepted: {fault}");
            }

            file.Replace(file.Candidate, original);
            replaced = true;
            var found = await ReloadAndReadBackAsync(cancellationToken);
            return new EnableOutcome(true, $"{options.ConfigFile} was changed (before: {backup}); {found}");
        }
        catch (Exception e)
        {
            SmbConfFile.Remove(file.Candidate);
            var after = replaced ? await PutBackAsync(file, backup!, edited) : $"{file.FullName} was not changed";
            if (!replaced && backup is not null)
            {
                SmbConfFile.Remove(backup);
            }

            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            return Failure($"{e.Message}; {after}") with { Changed = replaced };
        }
    }

    /// <summary>Waits until the state is read as on.</summary>
    /// <returns>What was found.</returns>
    /// <exception cref="SetbackException">It was not, within the limit.</exception>
    private async Task<string> ReloadAndReadBackAsync(CancellationToken cancellationToken)
    {
        if (await _configuration.Tools.ReloadAsync(cancellationToken) is { } error)
        {
            throw new SetbackException($"smbd could not be told to reload its configuration: {error}");
        }

        var start = timeProvider.GetTimestamp();
        while (true)
        {
            var (conf, unreadable) = await _configuration.ReadAsync(cancellationToken);
            var finding = conf is null
                ? new AuditingFinding(null, unreadable)
                : await _configuration.InspectAuditingAsync(conf, await _configuration.Logs.FindAsync(conf, cancellationToken), cancellationToken);
            if (finding.Enabled == true)
            {
                return finding.Detail;
            }

            if (timeProvider.GetElapsedTime(start) > ReadBackLimit)
            {
                throw new SetbackException($"after the change auditing still reads as off: {finding.Detail}");
            }

            await Task.Delay(ReadBackInterval, timeProvider, cancellationToken);
        }
    }

    /// <summary>What makes records doubtful although they are written; empty where nothing does, or where it cannot be told.</summary>
    private async Task<string> FindWarningAsync(SmbConf conf, SambaLogs logs, CancellationToken cancellationToken)
    {
        try
        {
            string?[] warnings =
            [
                await _configuration.FindForgeryAsync(conf, logs, cancellationToken),
                await BoundedAccess.RunAsync("logrotate's configuration", () => Logrotate.FindCopyTruncate(logs.Read), timeProvider, cancellationToken),
            ];
            return string.Join(' ', warnings.OfType<string>().Select(Wording.Sentence));
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task<string> PutBackAsync(SmbConfFile file, string backup, string edited)
    {
        try
        {
            file.Replace(backup, edited);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{file.FullName} could not be put back ({e.Message}); as it was before, it is in {backup}";
        }

        return await _configuration.Tools.ReloadAsync(CancellationToken.None) is { } error
            ? $"{file.FullName} was put back as it was, but {error}"
            : $"{file.FullName} was put back as it was";
    }

    private static EnableOutcome Failure(string reason) => new(false, $"auditing could not be switched on: {reason}");

    /// <summary>A step did not bring what it should; the message is for people.</summary>
    private sealed class SetbackException(string message) : Exception(message);
}
