using Microsoft.Data.Sqlite;
using Smb1Exporter.Configuration;
using Smb1Exporter.State;
using Smb1Exporter.Tests.Support;

namespace Smb1Exporter.Tests.State;

public sealed class StateFileTests : IDisposable
{
    private readonly StoreHarness _harness = new();

    private string FilePath => _harness.Options.StateFile;

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

    [Fact]
    public void A_sound_database_that_lacks_a_table_is_a_damaged_one()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        Sql("DROP TABLE client");
        Assert.Equal(1, _harness.Store.Current.Gaps.Total);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(FilePath)!, "state.db.corrupt-*"));
    }

    [Fact]
    public void A_file_of_the_first_format_is_taken_over_with_its_counts_and_its_position()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1", "ipv4:10.0.0.1:700"));
        _harness.Restart();
        using (var connection = StateFile.Connect(_harness.Options.StateFile, SqliteOpenMode.ReadWrite))
        {
            StateSchema.Execute(
                connection,
                """
                DROP TABLE position;
                ALTER TABLE connection DROP COLUMN session;
                ALTER TABLE connection DROP COLUMN session_time;
                INSERT INTO state VALUES ('position/Samba', 'as it was');
                PRAGMA user_version = 1;
                """);
        }

        Assert.Equal("as it was", _harness.Start().Position!.Text);
        _harness.Apply(_harness.Attempt("10.0.0.1", "ipv4:10.0.0.1:700"));
        Assert.Equal(1, _harness.TotalOf("10.0.0.1"));
    }

    [Fact]
    public void A_stored_time_that_is_none_is_passed_over()
    {
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        _harness.Restart();
        Sql("UPDATE state SET value = 'zz' WHERE name <> 'position/Samba'");
        _harness.Apply(_harness.Attempt("10.0.0.1"));
        Assert.Equal(2, _harness.TotalOf("10.0.0.1"));
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

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        StateSchema.Execute(connection, sql);
    }
}
