using System.Text;
using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing;
using Smb1Exporter.Configuration;
using Smb1Exporter.State;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private readonly StoreHarness _harness = new();

    private string FilePath => _harness.Options.StateFile;

    public static TheoryData<string> Tables => ["client", "counter", "day", "connection", "position", "coverage", "state", "request"];

    public void Dispose() => _harness.Dispose();

    [Theory]
    [InlineData("garbage")]
    [InlineData("{\"json\": true}")]
    [InlineData("SQLite format 3\0 but nothing of ours behind it, only enough text to be longer than the header of a database file is")]
    public void A_file_that_is_not_ours_is_left_as_it_is(string content)
    {
        File.WriteAllText(FilePath, content);
        var e = Assert.Throws<StartupException>(() => _harness.Store);
        Assert.Contains(FilePath, e.Message, StringComparison.Ordinal);
        Assert.Contains("Exporter:StateFile", e.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(FilePath));
        Assert.False(File.Exists(FilePath + "-wal"));
    }

    [Fact]
    public void A_database_of_another_program_is_left_as_it_is()
    {
        Sql("CREATE TABLE theirs (x)");
        var before = File.ReadAllBytes(FilePath);
        var e = Assert.Throws<StartupException>(() => _harness.Store);
        Assert.Contains("another program", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_file_of_a_newer_version_is_left_as_it_is()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        Sql("PRAGMA user_version = 99");
        var before = File.ReadAllBytes(FilePath);
        var e = Assert.Throws<StartupException>(() => _harness.Store);
        Assert.Contains("newer smb1-exporter (format 99", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Theory]
    [InlineData("pages")]
    [InlineData("header")]
    [InlineData("zeros")]
    [InlineData("truncated")]
    public void A_damaged_file_of_ours_is_set_aside_and_counts_as_a_gap(string damage)
    {
        _harness.Apply([.. Enumerable.Range(0, 500).Select(i => _harness.Attempt($"10.0.{i / 250}.{i % 250}"))]);
        _harness.Restart();
        var bytes = Damage(File.ReadAllBytes(FilePath), damage);
        File.WriteAllBytes(FilePath, bytes);
        File.SetLastWriteTimeUtc(FilePath, _harness.Now.UtcDateTime);

        Assert.Empty(_harness.Store.Current.Clients);
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        var setAside = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "state.db.corrupt-*"));
        Assert.Equal(bytes, File.ReadAllBytes(setAside));

        // What was counted before the damage is not counted again; what came later is.
        _harness.Apply(
            _harness.Attempt("10.0.0.1", time: _harness.Now.AddMinutes(-5)),
            _harness.Attempt("10.0.0.2", time: _harness.Now.AddSeconds(1)));
        Assert.Equal("10.0.0.2", Assert.Single(_harness.Store.Current.Clients).Address);
    }

    [Fact]
    public void An_empty_file_is_a_new_one()
    {
        File.WriteAllText(FilePath, "");
        Assert.Equal(0, _harness.Store.Current.Gaps.Total);
    }

    [Fact]
    public void An_empty_file_whose_making_was_interrupted_is_a_new_one()
    {
        // What a kill leaves between the lock, the file and its first transaction.
        File.WriteAllText(FilePath + ".lock", "");
        File.WriteAllText(FilePath, "");
        File.SetLastWriteTimeUtc(FilePath, _harness.Now.UtcDateTime.AddSeconds(1));

        _harness.Apply(_harness.Attempt("10.0.0.1"));

        Assert.Equal(0, _harness.Store.Current.Gaps.Total);
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void An_emptied_file_is_a_damaged_one()
    {
        var attempt = _harness.Attempt("10.0.0.1");
        _harness.Apply(attempt);
        _harness.Restart();
        File.WriteAllText(FilePath, "");
        File.SetLastWriteTimeUtc(FilePath, _harness.Now.UtcDateTime.AddSeconds(1));
        _harness.Apply(attempt);
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        Assert.Empty(_harness.Store.Current.Clients);
    }

    [Theory, MemberData(nameof(Tables))]
    public void A_sound_database_that_lacks_a_table_is_a_damaged_one(string table)
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        Sql($"DROP TABLE {table}");
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "state.db.corrupt-*"));
    }

    [Fact]
    public void A_file_of_the_first_format_is_taken_over_with_its_counts_and_its_position_but_without_its_covered_time()
    {
        Sql(
            """
            CREATE TABLE client (
                -- smb1-exporter state
                address TEXT PRIMARY KEY, total INTEGER NOT NULL, shown INTEGER NOT NULL,
                first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE counter (name TEXT PRIMARY KEY, total INTEGER NOT NULL, shown INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE connection (key TEXT PRIMARY KEY, first_time INTEGER NOT NULL, read_time INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE coverage_event (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, text TEXT NOT NULL);
            INSERT INTO client VALUES ('10.0.0.1', 7, 5, 1700000000000000, 1700000001000000);
            INSERT INTO counter VALUES ('read_errors/InvalidClient', 3, 3), ('gaps', 2, 2);
            INSERT INTO state VALUES ('begun', '1690000000000000'), ('covered_since', '1690000000000000'), ('position/Samba', 'as it was'), ('exporter/host_name', 'FS01');
            PRAGMA application_id = 0x534D4231;
            PRAGMA user_version = 1;
            """);

        var totals = _harness.Store.Current;

        Assert.Equal(("10.0.0.1", 7L), totals.Clients.Select(client => (client.Address, client.Attempts.Total)).Single());
        Assert.Equal((3L, 2L), (totals.ReadErrors[ReadErrorReason.InvalidClient].Total, totals.Gaps.Total));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_001), totals.LastAttempt);
        Assert.Equal((default, null), (totals.Watched, totals.CoveredSince));
        Assert.Equal("FS01", _harness.Store.HostNameBefore);
        Assert.Equal("as it was", _harness.Start().Position!.Text);
        _harness.Restart();
        Assert.Equal(7, _harness.TotalOf("10.0.0.1"));
    }

    [Theory]
    [InlineData("UPDATE client SET total = total + 1")]
    [InlineData("UPDATE counter SET total = total + 64")]
    [InlineData("UPDATE client SET address = '10.0.0.3' WHERE address = '10.0.0.1'")]
    [InlineData("UPDATE state SET value = '0' || value WHERE name = 'latest_record'")]
    [InlineData("UPDATE connection SET entries = X'00'")]
    [InlineData("UPDATE position SET value = 'p9'")]
    [InlineData("UPDATE day SET attempts = 9")]
    public void A_value_that_is_not_as_it_was_written_is_damage(string sql)
    {
        _harness.Apply(
            _harness.Attempt("10.0.0.1", "c1"), new AuditRecord(AuditRecordKind.Rejection, _harness.Now, "", null, 1, "test"));
        _harness.Restart();
        Sql(sql);

        Assert.Empty(_harness.Store.Current.Clients);
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        Assert.Single(SetAside());
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("deleted with its folder")]
    [InlineData("moved away")]
    [InlineData("first page overwritten")]
    [InlineData("cut short")]
    [InlineData("table missing")]
    [InlineData("an older copy in its place")]
    [InlineData("a number changed")]
    public void What_happens_to_the_file_while_it_is_used_loses_nothing(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody touch a file in use");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        File.Copy(FilePath, FilePath + ".copy");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        var setAside = Happen(what);

        _harness.Store.CheckFile();

        Assert.Equal(setAside, SetAside().Length);
        _harness.Apply(_harness.Attempt("10.0.0.2"));
        _harness.Restart();
        Assert.Equal((2L, 1L), (_harness.TotalOf("10.0.0.1"), _harness.TotalOf("10.0.0.2")));
        Assert.Equal(0, _harness.Store.Current.Gaps.Total);
        Assert.Equal("p3", _harness.Start().Position!.Text);
    }

    [Theory, MemberData(nameof(Tables))]
    public void A_table_that_goes_missing_is_noticed(string table)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody touch a file in use");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        Sql($"DROP TABLE {table}");

        _harness.Store.CheckFile();

        Assert.Single(SetAside());
        _harness.Restart();
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void A_missing_table_of_requests_is_noticed_when_it_is_looked_at()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody touch a file in use");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        Sql("DROP TABLE request");

        Assert.Empty(_harness.Store.AnswerRequests());

        Assert.Single(SetAside());
        Assert.Empty(_harness.Store.AnswerRequests());
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void An_older_copy_that_was_put_back_is_noticed()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        File.Copy(FilePath, FilePath + ".copy");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        File.Move(FilePath + ".copy", FilePath, overwrite: true);

        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        Assert.Contains("older copy", _harness.Store.Current.CoverageHistory[0].Text, StringComparison.Ordinal);
        _harness.Restart();
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
    }

    [Fact]
    public void What_another_machine_counted_is_set_aside_and_nothing_of_its_log_counts()
    {
        _harness.Machine = "template";
        _harness.Watch(TimeSpan.FromMinutes(5));
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        _harness.Clock.Advance(TimeSpan.FromMinutes(1));
        _harness.Machine = "clone";

        Assert.Empty(_harness.Store.Current.Clients);
        Assert.Equal((default, 0L), (_harness.Store.Current.Watched, _harness.Store.Current.Gaps.Total));
        _harness.Apply(_harness.Attempt("10.0.0.1", time: _harness.Now.AddMinutes(-1)));
        Assert.Empty(_harness.Store.Current.Clients);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "state.db.other-machine-*"));
    }

    [Fact]
    public void What_is_forgotten_leaves_the_file()
    {
        const string Client = "a-name-that-is-easily-found";
        _harness.Apply(_harness.Attempt(Client));
        Assert.Contains(Client, Content(), StringComparison.Ordinal);

        Assert.True(_harness.Store.Forget(Client));
        Assert.False(_harness.Store.Forget(Client));

        Assert.DoesNotContain(Client, Content(), StringComparison.Ordinal);

        string Content() => string.Concat(new[] { FilePath, FilePath + "-wal" }.Where(File.Exists).Select(ReadShared));
    }

    [Fact]
    public void A_file_that_another_program_locks_is_told_as_that_and_nothing_is_lost()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            using var transaction = other.BeginTransaction();
            var e = Assert.Throws<StateNotWrittenException>(() => _harness.Apply(_harness.Attempt("10.0.0.2")));
            Assert.True(e.IsLocked);
            Assert.Contains("locked by another program", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("disk", e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, _harness.TotalOf("10.0.0.2"));
        Assert.Equal("p1", _harness.Start().Position!.Text);
        _harness.Apply(_harness.Attempt("10.0.0.2"));
        Assert.Equal(1, _harness.TotalOf("10.0.0.2"));
    }

    [Fact]
    public void Two_exporters_never_share_a_file()
    {
        Assert.Empty(_harness.Store.Current.Clients);
        var e = Assert.Throws<StartupException>(() => StateFile.Open(FilePath, TimeProvider.System));
        Assert.Contains("in use by another smb1-exporter", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_started_while_the_last_one_still_ends_waits_for_it()
    {
        Assert.Empty(_harness.Store.Current.Clients);
        var starting = Task.Run(() => StateFile.Open(FilePath, TimeProvider.System));
        await Task.WhenAny(starting, Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        Assert.False(starting.IsCompleted);

        _harness.Restart();
        using var next = await starting;
        Assert.Null(next.SetAside);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_the_remedy()
    {
        File.WriteAllText(FilePath, "in the way");
        var e = Assert.Throws<StartupException>(() => StateFile.Open(Path.Combine(FilePath, "state.db"), TimeProvider.System));
        Assert.Contains("cannot be written", e.Message, StringComparison.Ordinal);
        Assert.Contains("Exporter:StateFile", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_readable_by_its_owner_alone()
    {
        Assert.Empty(_harness.Store.Current.Clients);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }
    }

    private static byte[] Damage(byte[] bytes, string damage)
    {
        switch (damage)
        {
            case "pages":
                new Random(1).NextBytes(bytes.AsSpan(4096));
                return bytes;
            case "header":
                new Random(1).NextBytes(bytes.AsSpan(0, 60));
                return bytes;
            case "zeros":
                return new byte[bytes.Length];
            default:
                return bytes[..4096];
        }
    }

    private string[] SetAside() => Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "state.db.corrupt-*")
        .Where(file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal)).ToArray();

    /// <returns>How many damaged files are left beside the new one.</returns>
    private int Happen(string what)
    {
        switch (what)
        {
            case "deleted":
                File.Delete(FilePath);
                return 0;
            case "deleted with its folder":
                Directory.Delete(Path.GetDirectoryName(FilePath)!, recursive: true);
                return 0;
            case "moved away":
                File.Move(FilePath, FilePath + ".elsewhere");
                return 0;
            case "an older copy in its place":
                File.Move(FilePath + ".copy", FilePath, overwrite: true);
                return 0;
            case "table missing":
                Sql("DROP TABLE client");
                return 1;
            case "a number changed":
                Sql("UPDATE client SET total = 5");
                return 1;
            default:
                Sql("PRAGMA wal_checkpoint(TRUNCATE)");
                using (var file = File.OpenWrite(FilePath))
                {
                    if (what == "cut short")
                    {
                        file.SetLength(50);
                    }
                    else
                    {
                        var noise = new byte[4096];
                        new Random(1).NextBytes(noise);
                        file.Write(noise);
                    }
                }

                return 1;
        }
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        StateSchema.Execute(connection, sql);
    }
}
