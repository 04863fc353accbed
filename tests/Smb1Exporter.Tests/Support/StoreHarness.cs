using Smb1Exporter.Auditing;
using Smb1Exporter.Counting;
using Smb1Exporter.State;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Support;

/// <summary>A store on a real file with a clock of the test's own; can be closed and opened again as a crash would.</summary>
internal sealed class StoreHarness : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private AttemptStore? _store;
    private int _position;

    public StoreHarness()
    {
        Options = new CountingOptions { StateFile = _folder["state.db"] };
    }

    public CountingOptions Options { get; }

    public SettableClock Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 4, 0, 0, TimeSpan.Zero));

    public string? Machine { get; set; } = "a machine";

    public DateTimeOffset Now => Clock.GetUtcNow();

    public AttemptStore Store =>
        _store ??= new AttemptStore(StateFile.Open(Options.StateFile, Clock, Machine), Options, TimeSpan.FromHours(1), Clock);

    /// <summary>Closes the file without telling the store: nothing may be kept in memory that matters.</summary>
    public void Restart()
    {
        _store?.Dispose();
        _store = null;
    }

    public CommitOutcome Apply(params AuditRecord[] records) => Apply(Batch(records));

    public CommitOutcome Apply(AuditBatch batch) => Store.Apply(AuditSourceKind.Samba, Start(), batch);

    /// <summary>Lets time pass in which the server is watched.</summary>
    public void Watch(TimeSpan time)
    {
        Store.Look(true);
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            Store.Look(true);
        }
    }

    public AuditStart Start() => Store.StartOf(AuditSourceKind.Samba);

    public AuditBatch Batch(params AuditRecord[] records) => new(records, [], [], AuditPosition.Of($"p{++_position}"), CaughtUp: true);

    public AuditRecord Attempt(string client, string? connection = null, DateTimeOffset? time = null, long count = 1) =>
        new(AuditRecordKind.Attempt, time ?? Now, client, connection, count, "test");

    public long TotalOf(string client) => Store.Current.Clients.SingleOrDefault(c => c.Address == client)?.Attempts.Total ?? 0;

    public void Dispose()
    {
        Restart();
        _folder.Dispose();
    }
}
