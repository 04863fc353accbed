using Smb1Exporter.Configuration;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Storage.Postgres;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Storage.Postgres;

/// <summary>The tables in PostgreSQL, and what stops a start.</summary>
public sealed class PostgresStartTests(SharedPostgres postgres)
{
    private const string Tables = "SELECT nspname || '.' || relname FROM pg_class JOIN pg_namespace ON relnamespace = pg_namespace.oid WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1";

    [Fact]
    public async Task Of_many_receivers_that_start_at_once_one_makes_the_tables_and_all_can_use_them()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Prepare(database.ConnectionString, database))));

        Assert.Equal("2", await database.QueryAsync("SELECT \"Version\" FROM \"Smb1TicketReceiver\""));
        Prepare(database.ConnectionString, database);
    }

    [Fact]
    public async Task A_schema_of_its_own_is_chosen_by_the_search_path_and_what_is_beside_it_stays()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        await database.QueryAsync("CREATE TABLE \"Tickets\" (mine int); INSERT INTO \"Tickets\" VALUES (7); CREATE SCHEMA queue");
        var foreign = Refused(database.ConnectionString, database);
        Assert.Contains("holds a table Tickets of another program in schema public", foreign, StringComparison.Ordinal);
        Assert.Equal("public.Tickets", await database.QueryAsync(Tables));

        var inSchema = $"{database.ConnectionString};Search Path=queue";
        Prepare(inSchema, database);
        Prepare(inSchema, database);

        Assert.Equal("7", await database.QueryAsync("SELECT mine FROM public.\"Tickets\""));
        Assert.Contains("queue.Notifications", await database.QueryAsync(Tables), StringComparison.Ordinal);
        await using var receiver = await RunningReceiver.StartAsync([.. database.Settings[1..], ("Receiver:Database", inSchema)]);
        using var answer = await receiver.Client.PostAlertsAsync(Payloads.Sample());
        await receiver.TicketsOnceAsync(tickets => tickets.Count == 1, "the ticket");
        Assert.Equal("1", await database.QueryAsync("SELECT count(*) FROM queue.\"Tickets\""));
    }

    [Fact]
    public async Task A_newer_format_a_missing_schema_and_missing_rights_stop_the_start_with_the_remedy()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        Assert.Contains("has no schema", Refused($"{database.ConnectionString};Search Path=missing", database), StringComparison.Ordinal);

        Prepare(database.ConnectionString, database);
        await database.QueryAsync("UPDATE \"Smb1TicketReceiver\" SET \"Version\" = 3");
        Assert.Contains("has format version 3 in schema public; this program knows version 2", Refused(database.ConnectionString, database), StringComparison.Ordinal);
        await database.QueryAsync("UPDATE \"Smb1TicketReceiver\" SET \"Version\" = 2");

        var readOnly = Refused($"{database.ConnectionString};Options=-c default_transaction_read_only=on", database);
        Assert.Contains("Target Session Attributes=primary", readOnly, StringComparison.Ordinal);

        await database.QueryAsync($"CREATE ROLE guest_{database.Name} LOGIN PASSWORD '{database.Server.Password}'");
        var guest = database.ConnectionString.Replace("Username=smb1", $"Username=guest_{database.Name}", StringComparison.Ordinal);
        Assert.Contains("grant it CREATE on the schema", Refused(guest, database), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_or_entered_stops_the_start_and_no_password_is_shown()
    {
        var server = await postgres.ServerAsync();
        using var database = await TestDatabase.CreateAsync(server);

        var noDatabase = Refused(server.ConnectionString("nowhere"), database);
        Assert.StartsWith("Receiver:Database: PostgreSQL 127.0.0.1/nowhere cannot be used: ", noDatabase, StringComparison.Ordinal);
        Assert.Contains("Create it", noDatabase, StringComparison.Ordinal);
        var noServer = Refused(database.ConnectionString.Replace($"Port={server.Port}", $"Port={FreePorts.Next()}", StringComparison.Ordinal), database);
        Assert.Contains("it cannot be reached: Connection refused. Check that the server runs", noServer, StringComparison.Ordinal);
        var noTls = Refused($"{database.ConnectionString};SSL Mode=Require", database);
        Assert.Contains("SSL", noTls, StringComparison.Ordinal);
        await File.WriteAllTextAsync(database.PasswordFile, "wrong-secret", TestContext.Current.CancellationToken);
        var noPassword = Refused(database.ConnectionString, database);
        Assert.Contains("password authentication failed", noPassword, StringComparison.Ordinal);
        Assert.Contains("Receiver:DatabasePasswordFile", noPassword, StringComparison.Ordinal);
        Assert.All(
            new[] { noDatabase, noServer, noTls, noPassword },
            message => Assert.True(!message.Contains(server.Password, StringComparison.Ordinal) && !message.Contains("wrong-secret", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_program_stops_with_one_message_and_takes_the_password_from_the_environment_too()
    {
        using var database = await TestDatabase.CreateAsync(await postgres.ServerAsync());
        await using (var refused = ReceiverProcess.Start("--urls=http://127.0.0.1:0", $"--Receiver:Database={database.Server.ConnectionString("nowhere")}", $"--Receiver:DatabasePasswordFile={database.PasswordFile}"))
        {
            Assert.Equal(1, await refused.WaitForExitAsync(TimeSpan.FromSeconds(30)));
            Assert.StartsWith("smb1-ticket-receiver: Receiver:Database: PostgreSQL 127.0.0.1/nowhere cannot be used: ", refused.Output, StringComparison.Ordinal);
            Assert.Single(refused.Output.Trim().Split('\n'));
        }

        await using var receiver = ChildProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "smb1-ticket-receiver"),
            ["--urls=http://127.0.0.1:0", $"--Receiver:Database={database.ConnectionString}"],
            new Dictionary<string, string?> { ["Receiver__DatabasePassword"] = database.Server.Password });
        await receiver.ListeningAsync();
        Assert.Contains($"tickets and outbox in PostgreSQL 127.0.0.1/{database.Name};", receiver.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(database.Server.Password, receiver.Output, StringComparison.Ordinal);
    }

    private static string Refused(string connectionString, TestDatabase database) =>
        Assert.Throws<StartupException>(() => Prepare(connectionString, database)).Message;

    private static void Prepare(string connectionString, TestDatabase database)
    {
        var location = PostgresLocation.Parse(connectionString, out var problem) with { Password = Secret.InFile("Receiver:DatabasePasswordFile", database.PasswordFile) };
        Assert.Null(problem);
        using var engine = location.Create("smb1", 4);
        engine.Occupy();
        engine.Prepare();
    }
}
