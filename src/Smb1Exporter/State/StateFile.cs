using Microsoft.Data.Sqlite;
using Smb1Exporter.Files;

namespace Smb1Exporter.State;

/// <summary>
/// The opened state file, with what it holds in memory. A file that is deleted, moved away or damaged while it is in use is written anew from
/// memory. Holds a lock beside it, so that two exporters never count into one file. Not safe for use by several threads.
/// </summary>
internal sealed class StateFile : IDisposable
{
    /// <summary>
    /// Reading all of the file takes longer the more clients there are: where nobody but this program wrote to it, a disk that turns bits is looked for
    /// only this often.
    /// </summary>
    private static readonly TimeSpan InspectEvery = TimeSpan.FromHours(1);

    private readonly TimeProvider _timeProvider;
    private readonly StateMark _mark;
    private FileStream _lock;
    private FileIdentity? _lockIdentity;
    private SqliteConnection? _connection;
    private StateJournal? _journal;
    private FileIdentity? _identity;
    private FileTouch _touch;
    private long? _inspected;

    private StateFile(string path, FileStream fileLock, TimeProvider timeProvider)
    {
        Path = path;
        _mark = new StateMark(path);
        _lock = fileLock;
        _timeProvider = timeProvider;
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public StoredState Stored { get; private set; } = new();

    /// <summary>The damaged file that had to make way when this one was opened; null when there was none.</summary>
    public SetAsideState? SetAside { get; private set; }

    /// <summary>The file of another machine that had to make way when this one was opened; null when there was none.</summary>
    public SetAsideState? OfAnotherMachine { get; private set; }

    /// <summary>Whether the file was an older copy of itself when it was opened.</summary>
    public bool IsOlderCopy { get; private set; }

    /// <summary>What tells this machine from others; null where nothing does.</summary>
    public string? Machine { get; private init; }

    /// <summary>Raised after the file was written anew from memory: why, and where the damaged one lies now, if one was left.</summary>
    public event Action<string, SetAsideState?>? WrittenAnew;

    /// <summary>Opens or creates the state file, reads it, and proves that it can be written.</summary>
    /// <exception cref="StartupException">It cannot be used; nothing was overwritten.</exception>
    /// <param name="path">The file.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="machine">What tells this machine from others; null where nothing does, and its counts are taken for those of this machine.</param>
    public static StateFile Open(string path, TimeProvider timeProvider, string? machine = null)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        path = System.IO.Path.GetFullPath(path);
        var file = new StateFile(path, StateLock.Take(path), timeProvider) { Machine = machine };
        try
        {
            file.SetAside = StateFileInspector.SetAsideIfDamaged(path, usedBefore: file._lock.Length > 0, timeProvider);
            file.Connect();
            file.Read();
            file.LeaveToOtherMachine();
            file.IsOlderCopy = file._mark.IsBehind(file.Stored);
            StateLock.MarkUsed(file._lock);
            (file._touch, file._inspected) = (FileTouch.Of(path), timeProvider.GetTimestamp());
            return file;
        }
        catch (Exception e)
        {
            file.Dispose();
            throw e is SqliteException or IOException or UnauthorizedAccessException ? StateProblem.AtStart(path, e) : e;
        }
    }

    /// <summary>Writes a change and takes it over into memory.</summary>
    /// <exception cref="StateNotWrittenException">Nothing was written, and memory is as it was; it can be tried again.</exception>
    public void Write(StateChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        try
        {
            EnsureThere();
            NoteTouch();
            try
            {
                WriteOnce(change);
            }
            catch (SqliteException) when (IsDamaged())
            {
                WriteAnew("it was damaged", isDamaged: true);
                WriteOnce(change);
            }

            _touch = FileTouch.Of(Path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or StartupException)
        {
            throw new StateNotWrittenException(StateProblem.IsLocked(e), StateProblem.Of(Path, e), e);
        }

        Stored.Apply(change);
        _mark.NoteWrite(Stored);
    }

    /// <summary>Looks whether the file is still there and sound, and writes it anew if it is not.</summary>
    /// <exception cref="StateNotWrittenException">It is not, and cannot be written anew now.</exception>
    public void Check()
    {
        try
        {
            EnsureThere();
            NoteTouch();
            if (_inspected is { } inspected && _timeProvider.GetElapsedTime(inspected) < InspectEvery)
            {
                return;
            }

            if (IsDamaged())
            {
                WriteAnew("it was damaged", isDamaged: true);
            }

            _inspected = _timeProvider.GetTimestamp();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or StartupException)
        {
            throw new StateNotWrittenException(StateProblem.IsLocked(e), StateProblem.Of(Path, e), e);
        }
    }

    /// <summary>What commands ask of this exporter.</summary>
    /// <param name="answer">Does it, and says what came of it.</param>
    /// <exception cref="StateNotWrittenException">The file cannot be read or written now.</exception>
    public void AnswerRequests(Func<StateRequest, string> answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (_connection is null)
        {
            return;
        }

        List<StateRequest> requests;
        try
        {
            requests = StateRequests.Read(_connection);
        }
        catch (SqliteException)
        {
            // What was asked in a damaged file is lost with it, and asked again by whoever gets no answer.
            Check();
            return;
        }

        if (requests.Count > 0)
        {
            StateRequests.RemoveAnswered(_connection);
            foreach (var request in requests)
            {
                StateRequests.Answer(_connection, request, answer(request));
            }
        }
    }

    /// <summary>Notes beside the file that the exporter is alive.</summary>
    /// <param name="problem">What keeps the file from being written; empty where nothing does.</param>
    public void NoteAlive(string problem) => _mark.NoteAlive(problem);

    public void Dispose()
    {
        Disconnect();
        _lock.Dispose();
    }

    /// <summary>A connection that leaves the file as it is until something is written.</summary>
    internal static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Connect()
    {
        _connection = Connect(Path, SqliteOpenMode.ReadWriteCreate);
        StateSchema.Prepare(_connection, Path);
        _journal = new StateJournal(_connection);
        (_identity, _lockIdentity) = (IdentityOf(Path), IdentityOf(StateLock.PathOf(Path)));
    }

    private void Disconnect()
    {
        _journal?.Dispose();
        _connection?.Dispose();
        (_journal, _connection) = (null, null);
    }

    private void Read()
    {
        try
        {
            using var transaction = _connection!.BeginTransaction(deferred: true);
            Stored = _journal!.Read(transaction, _timeProvider.GetTimestamp());
        }
        catch (DamagedRowException)
        {
            Disconnect();
            SetAside = StateFileInspector.SetAside(Path, StateFileInspector.Damaged, _timeProvider);
            Connect();
        }
    }

    private void LeaveToOtherMachine()
    {
        if (Machine is null || Stored.Values.GetValueOrDefault(StateNames.Machine) is not { } before || before == Machine)
        {
            return;
        }

        Disconnect();
        OfAnotherMachine = StateFileInspector.SetAside(Path, StateFileInspector.OtherMachine, _timeProvider);
        _mark.Remove();
        Stored = new StoredState();
        Connect();
    }

    private void WriteOnce(StateChange change)
    {
        using var transaction = _connection!.BeginTransaction();
        _journal!.Write(transaction, change, Stored);
        transaction.Commit();
        if (change.Clients.ContainsValue(null))
        {
            // What was forgotten must not stay in the write-ahead log.
            StateSchema.Execute(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /// <summary>On Windows a file in use can be neither deleted nor moved.</summary>
    private void EnsureThere()
    {
        if (_connection is null)
        {
            WriteAnew("it could not be written before");
        }
        else if (!OperatingSystem.IsWindows() && (!IsSame(_identity, IdentityOf(Path)) || !IsSame(_lockIdentity, IdentityOf(StateLock.PathOf(Path)))))
        {
            WriteAnew("it was deleted or moved away");
        }
    }

    private bool IsDamaged()
    {
        try
        {
            if (!StateFileInspector.Inspect(Path, SqliteOpenMode.ReadOnly))
            {
                return true;
            }

            using var connection = Connect(Path, SqliteOpenMode.ReadOnly);
            using var transaction = connection.BeginTransaction(deferred: true);
            using var journal = new StateJournal(connection);
            journal.Read(transaction, 0);
            return false;
        }
        catch (DamagedRowException)
        {
            return true;
        }
        catch (StartupException)
        {
            // Nobody put another file in its place: this one was ours.
            return IsSame(_identity, IdentityOf(Path));
        }
        catch (SqliteException)
        {
            // Locked, or its disk does not answer: that says nothing of its content.
            return false;
        }
    }

    private void WriteAnew(string why, bool isDamaged = false)
    {
        Disconnect();
        if (!OperatingSystem.IsWindows() && !IsSame(_lockIdentity, IdentityOf(StateLock.PathOf(Path))))
        {
            _lock.Dispose();
            _lock = StateLock.Take(Path);
            StateLock.MarkUsed(_lock);
        }

        var setAside = isDamaged ? StateFileInspector.SetAside(Path, StateFileInspector.Damaged, _timeProvider)
            : StateFileInspector.SetAsideIfDamaged(Path, usedBefore: true, _timeProvider);
        if (!File.Exists(Path))
        {
            StateFileInspector.RemoveLeftovers(Path);
        }

        Connect();
        using (var transaction = _connection!.BeginTransaction())
        {
            StateSchema.Clear(_connection);
            _journal!.Write(transaction, Stored);
            transaction.Commit();
        }

        WrittenAnew?.Invoke(why, setAside);
    }

    /// <summary>Looks whether somebody else wrote to the file since it was last written or looked at: then it is inspected.</summary>
    private void NoteTouch()
    {
        var touch = FileTouch.Of(Path);
        if (touch != _touch)
        {
            (_touch, _inspected) = (touch, null);
        }
    }

    private static bool IsSame(FileIdentity? before, FileIdentity? now) => before is { } one && now is { } other && one == other;

    private static FileIdentity? IdentityOf(string path) => OperatingSystem.IsWindows() ? null : FileStatusReader.Read(path)?.Identity;
}
