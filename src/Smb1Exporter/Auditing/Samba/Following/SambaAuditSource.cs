using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Following;

/// <summary>
/// Samba's audit log, the file or files of the debug class <c>auth_json_audit</c>, followed through smbd's own rotation by size
/// (<c>max log size</c>, smb.conf(5)), logrotate and restarts. Linux only.
/// </summary>
internal sealed class SambaAuditSource : IAuditSource
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Func<string> _auditLog;
    private readonly TimeProvider _timeProvider;
    private readonly ILogFileSystem _fileSystem;
    private readonly LogFollower _follower;
    private readonly FolderWatch _watch;
    private LogPattern? _pattern;
    private long _asked;

    /// <param name="auditLog">
    /// The path of the log, which may hold Samba's substitutions or <c>*</c> in the file name. Asked again every minute, since smb.conf may change.
    /// </param>
    /// <param name="pollInterval">How often the log is looked at when nothing announces a change.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="own">Connections of our own, whose records are awaited.</param>
    /// <param name="logger">Hears when changes cannot be watched for.</param>
    public SambaAuditSource(
        Func<string> auditLog, TimeSpan pollInterval, TimeProvider timeProvider, OwnConnections own, ILogger<SambaAuditSource> logger)
        : this(auditLog, pollInterval, timeProvider, own, logger, new LogFileSystem(), new LogFollowerLimits())
    {
    }

    internal SambaAuditSource(
        Func<string> auditLog,
        TimeSpan pollInterval,
        TimeProvider timeProvider,
        OwnConnections own,
        ILogger<SambaAuditSource> logger,
        ILogFileSystem fileSystem,
        LogFollowerLimits limits)
    {
        _auditLog = auditLog;
        _timeProvider = timeProvider;
        _fileSystem = fileSystem;
        _follower = new LogFollower(fileSystem, timeProvider, limits, own);
        _watch = new FolderWatch(timeProvider, pollInterval, _follower.Capture, logger);
    }

    /// <inheritdoc />
    public string Description => $"Samba audit log {_pattern?.Text ?? _auditLog()}";

    /// <inheritdoc />
    public AuditBatch Read(AuditStart start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        var pattern = CurrentPattern();
        var changedNames = _watch.Follow(pattern, FolderIdentity(pattern));
        return _follower.Read(pattern, changedNames, start, cancellationToken);
    }

    /// <inheritdoc />
    public Task WaitForMoreAsync(CancellationToken cancellationToken) => _watch.WaitAsync(_follower.WaitsForNothing, cancellationToken);

    /// <inheritdoc />
    public void Dispose()
    {
        _watch.Dispose();
        _follower.Dispose();
    }

    private LogPattern CurrentPattern()
    {
        if (_pattern is null || _timeProvider.GetElapsedTime(_asked) >= AskAgainAfter)
        {
            var text = _auditLog();
            _pattern = text == _pattern?.Text ? _pattern : LogPattern.Parse(text);
            _asked = _timeProvider.GetTimestamp();
        }

        return _pattern;
    }

    private FileIdentity? FolderIdentity(LogPattern pattern)
    {
        try
        {
            return _fileSystem.GetStatus(pattern.Folder)?.Identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
