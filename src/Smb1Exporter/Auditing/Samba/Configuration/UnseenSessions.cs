namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Finds out of which sessions smbd writes no record although auditing is on, as far as it can be known.</summary>
internal sealed class UnseenSessions(SambaOptions options, SambaTools tools, TimeProvider timeProvider)
{
    private readonly SambaLogLocator _logs = new(options, tools, timeProvider);

    /// <summary>Why sessions of some clients may leave no record although those of this machine do, with the remedy, as sentences; empty where nothing does.</summary>
    public async Task<string> FindAsync(SmbConf conf, CancellationToken cancellationToken)
    {
        string?[] reasons =
        [
            conf.Tree is null ? null : PerClientConfiguration.FindUnseen(conf.Tree),
            await FindCharsetAsync(cancellationToken),
            await FindLostRecordsAsync(conf, cancellationToken),
        ];
        return string.Join(' ', reasons.Where(reason => !string.IsNullOrEmpty(reason)));
    }

    /// <summary>Says so when names are not UTF-8, which JSON takes alone.</summary>
    private async Task<string?> FindCharsetAsync(CancellationToken cancellationToken)
    {
        var (charset, _) = await tools.GetParameterAsync("unix charset", cancellationToken);
        return string.IsNullOrEmpty(charset) || SambaCharset.IsUtf8(charset)
            ? null
            : Wording.Sentence(
                $"{options.ConfigFile} says \"unix charset = {charset}\", and smbd drops each record in which the name of an account, a domain or a "
                + "computer has a letter beyond ASCII: such sessions are not seen; set \"unix charset = UTF-8\" (the names of files on the disk "
                + "have to be converted then, see convmv)");
    }

    /// <summary>Says so when smbd complained, since it was started or configured anew, that it could not write a record.</summary>
    private async Task<string?> FindLostRecordsAsync(SmbConf conf, CancellationToken cancellationToken)
    {
        if ((await tools.GetSmbdStateAsync(cancellationToken)).ProcessId is not { } processId || SmbdProcess.StartOf(processId) is not { } start)
        {
            return null;
        }

        try
        {
            var configured = conf.Tree?.Files.Max(file => file.Value?.LastChange ?? 0) ?? 0;
            var since = new DateTimeOffset(Math.Max(start.UtcTicks, configured), TimeSpan.Zero);
            var log = await _logs.FindGeneralLogAsync(cancellationToken);
            var lost = await BoundedAccess.RunAsync($"the end of {log}", () => LostRecords.Find(log, since), timeProvider, cancellationToken);
            return lost is null
                ? null
                : Wording.Sentence(
                    $"smbd says in {lost.Log} that it could not write {Figures.Count(lost.Count, "record")} since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC "
                    + "(\"Failed to write … event\"): these sessions are not seen; the lines before say why, mostly a name that is not UTF-8");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only that smbd complains is evidence; that its log cannot be read is none.
            return null;
        }
    }
}
