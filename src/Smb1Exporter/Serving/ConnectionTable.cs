using Microsoft.AspNetCore.Connections;

namespace Smb1Exporter.Serving;

/// <summary>
/// The open connections, at most as many as allowed. When one more comes, another makes way, so that a scrape is answered however many
/// connections strangers hold: of the origin with the most connections, one that waits before one that is being answered, and of those
/// the one that does so longest.
/// </summary>
internal sealed class ConnectionTable(ServingLimits limits, RefusalLog refusals, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly HashSet<OpenConnection> _connections = [];

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Takes in a connection that was just accepted, and closes others if there are too many.</summary>
    public void Add(ConnectionContext connection)
    {
        var added = new OpenConnection(connection, timeProvider.GetTimestamp());
        List<OpenConnection> leaving = [];
        lock (_lock)
        {
            while (_connections.Count >= limits.Connections)
            {
                var next = FindLeastWorthy(_connections, added.Origin);
                _connections.Remove(next);
                leaving.Add(next);
            }

            _connections.Add(added);
        }

        connection.Features.Set(added);
        connection.ConnectionClosed.UnsafeRegister(_ => Remove(added), null);
        foreach (var connectionToClose in leaving)
        {
            connectionToClose.Close("Closed to make way for another connection.");
            refusals.ConnectionClosed(connectionToClose.Origin, limits.Connections);
        }
    }

    /// <summary>Notes whether a request is being answered over a connection.</summary>
    public void Update(OpenConnection connection, bool isBusy)
    {
        lock (_lock)
        {
            connection.Update(isBusy, timeProvider.GetTimestamp());
        }
    }

    /// <summary>Finds the connection that makes way.</summary>
    /// <param name="connections">Those that are open; not empty.</param>
    /// <param name="newcomer">The origin of the one that comes, which counts as one of its origin's.</param>
    internal static OpenConnection FindLeastWorthy(IReadOnlyCollection<OpenConnection> connections, string newcomer)
    {
        var counts = connections.CountBy(connection => connection.Origin, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        counts[newcomer] = counts.GetValueOrDefault(newcomer) + 1;
        return connections
            .OrderByDescending(connection => counts[connection.Origin])
            .ThenBy(connection => connection.IsBusy)
            .ThenBy(connection => connection.Since)
            .First();
    }

    private void Remove(OpenConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }
    }
}
