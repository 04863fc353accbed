using System.Globalization;
using Microsoft.Data.Sqlite;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.State;

namespace Smb1Exporter.Benchmarks.Figures;

/// <summary>The exporter as it is shipped, with a log and a state file of its own.</summary>
/// <param name="program">The exporter.</param>
/// <param name="folder">A folder of its own.</param>
/// <param name="clients">So many clients connect.</param>
/// <param name="log">A log that is there already; null for one that grows.</param>
internal sealed class ExporterRig(string program, string folder, int clients, string? log = null)
{
    private int _records;

    /// <summary>The audit log.</summary>
    public string Log { get; } = log ?? Path.Join(folder, "audit.json");

    // In a folder of its own, as it is shipped: what is written there must not be announced as a change of the log.
    private string StatePath => Path.Join(folder, "state", "state.db");

    /// <summary>How often the state file was written.</summary>
    public long Commits => StateMark.Read(StatePath)?.Commits ?? 0;

    /// <summary>Makes a state in which each client attempted once.</summary>
    public async Task SeedAsync()
    {
        Append(clients);
        using var process = Start(Scraper.FreePort());
        await WaitUntilStoredAsync(process);
    }

    /// <summary>Adds records of SMB1 to the log, of one client after the other, each a connection of its own.</summary>
    public void Append(int records)
    {
        using var file = new StreamWriter(Log, append: true);
        for (var i = 0; i < records; i++, _records++)
        {
            file.Write(LogFile.Record(_records, _records, isSmb1: true, clients));
        }
    }

    /// <summary>Adds a record, and waits until it is counted and stored.</summary>
    public async Task ChangeAsync()
    {
        var commits = Commits;
        Append(1);
        while (Commits == commits)
        {
            await Task.Delay(1);
        }

        // Shown right after it is stored.
        await Task.Delay(5);
    }

    public MeasuredProcess Start(int port) => new(
        program,
        "--Exporter:Source=Samba",
        $"--Exporter:StateFile={StatePath}",
        $"--Exporter:Samba:AuditLog={Log}",
        $"--Exporter:Samba:ConfigFile={Path.Join(folder, "none.conf")}",
        "--Exporter:EnableAuditing=false",
        "--Exporter:ResolveNames=false",
        "--Exporter:InitialLookback=36500.00:00:00",
        "--Exporter:HostName=fileserver",
        "--Exporter:Customer=example",
        string.Create(CultureInfo.InvariantCulture, $"--Exporter:MaxClients={Math.Max(clients, 1000)}"),
        "--urls",
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>Waits until the state file says that the log was read to its end.</summary>
    public async Task WaitUntilStoredAsync(MeasuredProcess process)
    {
        var end = new FileInfo(Log).Length;
        while (StoredOffset() != end)
        {
            process.ThrowIfEnded();
            await Task.Delay(5);
        }
    }

    /// <summary>All attempts that are stored.</summary>
    public long StoredAttempts() => StateReader.Read(StatePath).Clients.Values.Sum(client => client.Attempts.Total);

    private long StoredOffset()
    {
        try
        {
            using var connection = StateFile.Connect(StatePath, SqliteOpenMode.ReadOnly);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT value FROM position";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                if (Bookmark.Parse(reader.GetString(0)) is { } bookmark)
                {
                    return bookmark.Offset;
                }
            }
        }
        catch (SqliteException)
        {
            // Not made yet.
        }

        return -1;
    }
}
