using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Storage.Postgres;
using Smb1Exporter.TicketReceiver.Storage.Sqlite;

namespace Smb1Exporter.TicketReceiver.Tests.Hosting;

public sealed class DatabaseSettingsTests
{
    [Theory]
    [InlineData("Host=db.example;Database=smb1;Username=smb1", "PostgreSQL db.example/smb1")]
    [InlineData(" host = db.example ; Database = smb1", "PostgreSQL db.example/smb1")]
    [InlineData("Server=db.example;Database=smb1", "PostgreSQL db.example/smb1")]
    [InlineData("Database=smb1;Host=a.example,b.example;Target Session Attributes=primary", "PostgreSQL a.example,b.example/smb1")]
    [InlineData("Host=db.example;Port=6543;Database=smb1;SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem;Search Path=tickets", "PostgreSQL db.example/smb1")]
    public void A_connection_string_names_a_database_of_PostgreSQL_and_shows_host_and_database_alone(string value, string name)
    {
        var location = Assert.IsType<PostgresLocation>(Read(("Receiver:Database", value)).Database);

        Assert.Equal((name, name), (location.Name, location.ToString()));
        Assert.Equal(name, Assert.Single(Effective(("Receiver:Database", value)), setting => setting.Key == "Database").Value);
    }

    [Theory]
    [InlineData("tickets.db")]
    [InlineData("/srv/Host=x/tickets.db")]
    public void Anything_else_is_a_path(string value) =>
        Assert.Equal(Path.GetFullPath(value), Assert.IsType<SqliteLocation>(Read(("Receiver:Database", value)).Database).FilePath);

    [Theory]
    [InlineData("Host=db.example;Database=smb1;Password=hunter2", "holds a password")]
    [InlineData("Host=db.example;Database=smb1;pwd = hunter2", "holds a password")]
    [InlineData("Host=db.example;Database=smb1;Nonsense=1;Passwd=hunter2", "is no connection string")]
    [InlineData("password='hunter2';Host=db.example;Port=x", "holds a password")]
    [InlineData("Host=db.example;Database=smb1;SSL Password=hunter2", "holds a password")]
    [InlineData("postgres://smb1:hunter2@db.example/smb1", "is an address")]
    [InlineData("Host=db.example", "names no database")]
    [InlineData("Host=;Database=smb1", "names no host")]
    [InlineData("Host=db.example;Database=smb1;Port=many", "is no connection string")]
    public void A_wrong_connection_string_is_told_with_the_remedy_and_never_shown(string value, string problem)
    {
        var message = Assert.Throws<StartupException>(() => Read(("Receiver:Database", value))).Message;

        Assert.Contains($"Receiver:Database: {problem}", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_without_PostgreSQL_is_told() => Assert.Contains(
        "Receiver:DatabasePassword: is for PostgreSQL only",
        Assert.Throws<StartupException>(() => Read(("Receiver:Database", "tickets.db"), ("Receiver:DatabasePasswordFile", "/etc/password"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void More_deliveries_than_connections_are_told()
    {
        var options = Read(("Receiver:Database", "Host=db.example;Database=smb1;Maximum Pool Size=4"));

        var message = Assert.Throws<StartupException>(() => options.Database.Create(options.Ticketing.KeyPrefix, options.Delivery.MaxParallelDeliveries)).Message;
        Assert.Contains("Maximum Pool Size is 4", message, StringComparison.Ordinal);
        Assert.Contains("at least 5", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00:00:10", "00:00:05", "Receiver:RetryLongest: 00:00:05 is shorter than Receiver:RetryFirst")]
    [InlineData("00:00:00", "00:05:00", "Receiver:RetryFirst: '00:00:00' is not a duration from 00:00:00.01")]
    public void The_pace_of_retries_has_bounds(string first, string longest, string problem) => Assert.Contains(
        problem,
        Assert.Throws<StartupException>(() => Read(("Receiver:RetryFirst", first), ("Receiver:RetryLongest", longest))).Message,
        StringComparison.Ordinal);

    private static ReceiverOptions Read(params (string Key, string Value)[] settings) => ReceiverOptionsReader.Read(Configuration(settings));

    private static IEnumerable<KeyValuePair<string, string>> Effective(params (string Key, string Value)[] settings) =>
        ReceiverOptionsReader.Effective(Configuration(settings));

    private static IConfigurationRoot Configuration((string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)))
        .Build();
}
