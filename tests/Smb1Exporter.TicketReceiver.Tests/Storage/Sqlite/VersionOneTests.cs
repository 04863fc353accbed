using Microsoft.Data.Sqlite;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Storage.Sqlite;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Storage.Sqlite;

/// <summary>A file that a receiver of format version 1 wrote, with tickets of FS01 (open, one note), FS02 (closed) and FS03 (open).</summary>
public sealed class VersionOneTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => _folder["tickets.db"];

    [Fact]
    public async Task It_is_brought_up_to_date_loses_nothing_and_its_open_tickets_go_on()
    {
        Make(
            """
            INSERT INTO Notifications SELECT 5, Key, Customer, Server, Subject, 'waiting', Clients, 'd5', Sender, ReceivedAt, 1, 0, 3, 'why' FROM Notifications WHERE Id = 1;
            INSERT INTO Notifications SELECT 6, Key, Customer, Server, Subject, 'set aside', Clients, 'd6', Sender, ReceivedAt, 1, 2, 1, 'never' FROM Notifications WHERE Id = 1;
            """);

        await using var receiver = await RunningReceiver.StartAsync(("Receiver:Database", Database));
        var tickets = await receiver.TicketsOnceAsync(tickets => tickets.Sum(ticket => ticket.Notes.Count) == 2, "what waited is delivered");
        Assert.Equal([("FS01", "open"), ("FS02", "closed"), ("FS03", "open")], tickets.Select(ticket => (ticket.Host, ticket.State)));
        Assert.Equal("waiting", tickets[0].Notes[1].Body);
        Assert.Equal("1", await receiver.Client.MetricAsync("smb1_ticket_deliveries_set_aside"));

        foreach (var server in new[] { "FS01", "FS02", "FS03" })
        {
            using var answer = await receiver.Client.PostAlertsAsync(Payloads.Firing("Contoso", server, ("10.0.0.1", "1")));
            answer.EnsureSuccessStatusCode();
        }

        tickets = await receiver.TicketsOnceAsync(tickets => tickets.Count == 4 && tickets.Sum(ticket => ticket.Notes.Count) == 4, "all delivered");
        Assert.Equal(
            [("FS01", "open", 3), ("FS02", "closed", 0), ("FS03", "open", 1), ("FS02", "open", 0)],
            tickets.Select(ticket => (ticket.Host, ticket.State, ticket.Notes.Count)));
    }

    [Fact]
    public void Its_tables_are_those_of_a_new_file()
    {
        Make("");
        DatabaseFile.Prepare(Database, "smb1");
        DatabaseFile.Prepare(_folder["new.db"], "smb1");

        Assert.Equal(Columns(_folder["new.db"]), Columns(Database));
        Assert.Equal(
            [
                "529ba1f4ce5449f54adac19130bda3786dcec09e529264b10e2937f56e944580|3",
                "d93b39f790d7c4770c35793727a263266e34a2466dcb1da7c4c939d5a31d7589|2",
                "df3612590411ff3e69241caa6dd93d7b29330d539efaff08281787bb1ff41793|1",
            ],
            Query(Database, "SELECT Key || '|' || Reference FROM Servers ORDER BY Key"));
        Assert.Equal(Query(Database, "SELECT Key || Reference FROM Servers ORDER BY 1"), Query(Database, "SELECT Key || Reference FROM KnownTickets ORDER BY 1"));
        Assert.Equal(["4"], Query(Database, "SELECT count(DISTINCT DeliveryId) FROM Notifications WHERE length(DeliveryId) = 16"));
    }

    [Fact]
    public void An_upgrade_that_fails_leaves_it_as_it_was()
    {
        Make("CREATE TABLE Servers (x)");
        var content = Columns(Database);

        Assert.Throws<Configuration.StartupException>(() => DatabaseFile.Prepare(Database, "smb1"));

        Assert.Equal(content, Columns(Database));
        Assert.Equal(["1"], Query(Database, "PRAGMA user_version"));
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private void Make(string more)
    {
        File.WriteAllText(Database, "");
        Query(Database, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", "database-version-1.sql")) + more);
    }

    private static List<string> Columns(string path) => Query(
        path,
        """
        SELECT tables.type || ' ' || tables.name || ' ' || coalesce(columns.name || ' ' || columns.type || ' ' || columns."notnull" || ' ' || columns.pk, '')
        FROM sqlite_schema AS tables LEFT JOIN pragma_table_info(tables.name) AS columns
        WHERE tables.name NOT LIKE 'sqlite_%' ORDER BY tables.name, columns.name
        """);

    private static List<string> Query(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadWrite");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        }

        return rows;
    }
}
