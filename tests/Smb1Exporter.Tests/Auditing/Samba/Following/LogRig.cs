using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.Files;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>A folder with logs, a source that follows them, and what its caller has committed.</summary>
internal sealed class LogRig : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pattern;
    private readonly LogFollowerLimits _limits;
    private int _written;
    private SambaAuditSource? _source;

    public LogRig(string pattern = "audit.log", LogFollowerLimits? limits = null)
    {
        _pattern = pattern;
        _limits = limits ?? new LogFollowerLimits();
    }

    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public FaultyFileSystem FileSystem { get; } = new();

    public AuditPosition? Position { get; set; }

    public DateTimeOffset NotBefore { get; set; } = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);

    public List<AuditRecord> Records { get; } = [];

    public List<AuditReadError> Errors { get; } = [];

    public List<AuditGap> Gaps { get; } = [];

    /// <summary>The numbers of the connections committed so far, in order of reading.</summary>
    public IEnumerable<int> Numbers => Records.Select(NumberOf);

    public string this[string name] => _folder[name];

    /// <summary>Connections of our own, whose records are awaited.</summary>
    public OwnConnections Own { get; } = new(TimeProvider.System);

    public SambaAuditSource Source => _source ??= new SambaAuditSource(
        () => this[_pattern], TimeSpan.FromSeconds(1), Clock, Own, NullLogger<SambaAuditSource>.Instance, FileSystem, _limits);

    /// <summary>Appends so many records, numbered on, and gives their numbers.</summary>
    public int[] Write(string name, int count)
    {
        var numbers = Enumerable.Range(_written, count).ToArray();
        _written += count;
        File.AppendAllText(this[name], string.Concat(numbers.Select(number => Line(number))));
        return numbers;
    }

    public int Next() => _written++;

    public void Append(string name, string text) => File.AppendAllText(this[name], text);

    public void Move(string from, string to) => File.Move(this[from], this[to], overwrite: true);

    /// <summary>What logrotate's copytruncate does.</summary>
    public void CopyTruncate(string name, string copy)
    {
        File.Copy(this[name], this[copy], overwrite: true);
        Truncate(name);
    }

    public void Truncate(string name)
    {
        using var stream = new FileStream(this[name], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(0);
    }

    public AuditBatch ReadOnce() => Source.Read(new AuditStart(Position, NotBefore), TestContext.Current.CancellationToken);

    public void Commit(AuditBatch batch)
    {
        Position = batch.Position;
        Records.AddRange(batch.Records);
        Errors.AddRange(batch.Errors);
        Gaps.AddRange(batch.Gaps);
    }

    /// <summary>Reads and commits until there is nothing more.</summary>
    public LogRig Poll()
    {
        AuditBatch batch;
        var reads = 0;
        do
        {
            batch = ReadOnce();
            Commit(batch);
            Assert.True(reads++ < 10_000, "the source never catches up");
        }
        while (!batch.CaughtUp);
        return this;
    }

    /// <summary>The process ends; the next one has only what was committed.</summary>
    public LogRig Restart()
    {
        _source?.Dispose();
        _source = null;
        return this;
    }

    public static int NumberOf(AuditRecord record) =>
        int.Parse(record.Connection!.Split(':')[2], CultureInfo.InvariantCulture);

    /// <summary>A record as smbd writes it; its connection's number is in the port, and its time is like no other's.</summary>
    public static string Line(int number, string account = "nobody") =>
        $$$"""
          {"timestamp": "2026-11-23T04:46:{{{number / 1000 % 60:00}}}.{{{number % 1000:000}}}406+0000", "type": "Authentication", "Authentication": {"version": {"major": 1, "minor": 2}, "status": "NT_STATUS_OK", "localAddress": "ipv4:127.0.0.1:445", "remoteAddress": "ipv4:10.0.0.1:{{{number}}}", "serviceDescription": "SMB", "authDescription": null, "clientAccount": "{{{account}}}"}}

        """;

    public void Dispose()
    {
        Restart();
        _folder.Dispose();
    }
}

/// <summary>The real file system, with failures at chosen paths.</summary>
internal sealed class FaultyFileSystem : ILogFileSystem
{
    private readonly LogFileSystem _real = new();
    private int _opened;

    public HashSet<string> Denied { get; } = [];

    public bool ReadsFail { get; set; }

    /// <summary>Runs between two reads of a file.</summary>
    public Action? BeforeRead { get; set; }

    /// <summary>How many files were opened.</summary>
    public int Opened => _opened;

    public Action? AfterList { get; set; }

    public IReadOnlyList<string> ListNames(string folder)
    {
        var names = Denied.Contains(folder) ? throw new UnauthorizedAccessException() : _real.ListNames(folder);
        AfterList?.Invoke();
        return names;
    }

    /// <summary>How often the status of a path was asked for.</summary>
    public int Asked { get; private set; }

    public FileStatus? GetStatus(string path)
    {
        Asked++;
        return _real.GetStatus(path);
    }

    public FileStatus GetStatus(SafeFileHandle handle) => _real.GetStatus(handle);

    public SafeFileHandle Open(string path)
    {
        var handle = Denied.Contains(path) ? throw new UnauthorizedAccessException() : _real.Open(path);
        Interlocked.Increment(ref _opened);
        return handle;
    }

    /// <summary>Whether the disk has no room left.</summary>
    public bool IsFull { get; set; }

    public long GetFreeBytes(string folder) => IsFull ? 0 : _real.GetFreeBytes(folder);

    public int Read(SafeFileHandle handle, Span<byte> buffer, long offset)
    {
        BeforeRead?.Invoke();
        return ReadsFail && offset > 0 ? throw new IOException("Input/output error") : _real.Read(handle, buffer, offset);
    }
}
