using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>One PostgreSQL for all tests that only need a database of their own in it; started when the first asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

    /// <summary>The server; skips the test where there is none.</summary>
    public Task<PostgresServer> ServerAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return _server.Value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}

/// <summary>A database of a test's own, and what receivers and tests reach it with.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private TestDatabase(PostgresServer server, string name)
    {
        Server = server;
        Name = name;
        File.WriteAllText(_folder["password"], server.Password + "\n");
    }

    public PostgresServer Server { get; }

    public string Name { get; }

    public string PasswordFile => _folder["password"];

    public string ConnectionString => Server.ConnectionString(Name);

    /// <summary>A receiver's settings.</summary>
    public (string Key, string Value)[] Settings => [("Receiver:Database", ConnectionString), ("Receiver:DatabasePasswordFile", PasswordFile)];

    public static async Task<TestDatabase> CreateAsync(PostgresServer server) => new(server, await server.CreateDatabaseAsync());

    public Task<string> QueryAsync(string sql) => Server.QueryAsync(Name, sql);

    public void Dispose() => _folder.Dispose();
}
