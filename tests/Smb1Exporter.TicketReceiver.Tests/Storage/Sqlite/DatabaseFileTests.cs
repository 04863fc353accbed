using Microsoft.Data.Sqlite;
using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Storage.Sqlite;

namespace Smb1Exporter.TicketReceiver.Tests.Storage.Sqlite;

public sealed class DatabaseFileTests
{
    [Fact]
    public void A_missing_folder_and_file_are_made_for_the_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights");
            return;
        }

        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder["state"], "tickets.db");

        DatabaseFile.Prepare(path, "smb1");
        DatabaseFile.Prepare(path, "smb1");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder["state"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("garbage", "not a database")]
    [InlineData("garbage after a right beginning", "")]
    public void A_file_of_garbage_stops_the_start_and_stays_as_it_is(string kind, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder["tickets.db"];
        if (kind == "garbage")
        {
            File.WriteAllText(path, new string('x', 5000));
        }
        else
        {
            DatabaseFile.Prepare(path, "smb1");
            SqliteConnection.ClearAllPools();
            using var file = File.OpenWrite(path);
            file.Position = 200;
            file.Write(new byte[file.Length - 200]);
        }

        var content = File.ReadAllBytes(path);

        AssertRefused(path, reason, "Restore it from a backup, or move it away");
        Assert.Equal(content, File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 3", true, "has format version 3; this program knows versions up to 2")]
    [InlineData("CREATE TABLE mine(x)", false, "is the database of another program")]
    public void A_database_that_is_not_of_this_version_stops_the_start_and_stays_as_it_is(string sql, bool ours, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = folder["tickets.db"];
        if (ours)
        {
            DatabaseFile.Prepare(path, "smb1");
        }

        Execute(path, sql);
        var content = File.ReadAllBytes(path);

        AssertRefused(path, reason, "name another file");
        Assert.Equal(content, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_place_that_cannot_hold_a_file_stops_the_start()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        AssertRefused(Path.Combine(folder["file"], "tickets.db"), "cannot be created", "name another file");
        AssertRefused(folder.Path, "cannot be created", "name another file");
    }

    [Fact]
    public void A_file_held_by_another_program_stops_the_start()
    {
        using var folder = new TemporaryFolder();
        var path = folder["tickets.db"];
        DatabaseFile.Prepare(path, "smb1");
        using var other = new SqliteConnection($"Data Source={path};Pooling=false");
        other.Open();
        using var transaction = other.BeginTransaction();

        AssertRefused(path, "locked", "Stop the other program that holds it");
    }

    private static void AssertRefused(string path, string reason, string remedy)
    {
        var message = Assert.Throws<StartupException>(() => DatabaseFile.Prepare(path, "smb1")).Message;
        Assert.StartsWith($"Receiver:Database: {path} ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.OrdinalIgnoreCase);
        SqliteConnection.ClearAllPools();
    }

    private static void Execute(string path, string sql)
    {
        SqliteConnection.ClearAllPools();
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
