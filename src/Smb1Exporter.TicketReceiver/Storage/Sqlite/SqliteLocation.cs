namespace Smb1Exporter.TicketReceiver.Storage.Sqlite;

/// <summary>A file of SQLite, for one receiver.</summary>
/// <param name="FilePath">Its full path.</param>
internal sealed record SqliteLocation(string FilePath) : DatabaseLocation(FilePath)
{
    public override IDatabaseEngine Create(string keyPrefix, int maxParallelDeliveries) => new SqliteEngine(FilePath, keyPrefix);
}
