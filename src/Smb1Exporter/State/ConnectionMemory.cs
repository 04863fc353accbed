namespace Smb1Exporter.State;

/// <summary>The connections read lately, in groups that are forgotten as a whole.</summary>
internal sealed class ConnectionMemory
{
    private readonly Dictionary<string, (KnownConnection Connection, long Group)> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<(long Id, long ReadAt, string[] Keys)> _groups = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _byKey.Count;

    /// <summary>The number of the latest group; 0 where there was none.</summary>
    public long LatestGroup { get; private set; }

    /// <summary>What is remembered of a connection; null where nothing is.</summary>
    public KnownConnection? Find(string key) => _byKey.TryGetValue(key, out var known) ? known.Connection : null;

    /// <summary>All that are remembered, as one group.</summary>
    public List<KeyValuePair<string, KnownConnection>> All() => [.. _byKey.Select(known => KeyValuePair.Create(known.Key, known.Value.Connection))];

    /// <summary>The groups that were read before a timestamp of the monotonic clock, and the oldest where there are too many connections.</summary>
    /// <param name="timestamp">By when they were read, not by their own time: a record may come late, and a clock may jump.</param>
    /// <param name="most">So many connections are remembered at the most.</param>
    public List<long> FindOutdated(long timestamp, int most)
    {
        var found = new List<long>();
        var left = _groups.Sum(group => (long)group.Keys.Length);
        foreach (var (id, readAt, keys) in _groups)
        {
            if (readAt >= timestamp && left <= most)
            {
                break;
            }

            found.Add(id);
            left -= keys.Length;
        }

        return found;
    }

    public void Apply(ConnectionChange change)
    {
        if (change.Forgotten.Count > 0)
        {
            var last = change.Forgotten.Max();
            while (_groups.TryPeek(out var group) && group.Id <= last)
            {
                _groups.Dequeue();
                foreach (var key in group.Keys)
                {
                    Forget(key, last);
                }
            }
        }

        if (change.Changed.Count > 0)
        {
            Add(change.Group, change.Changed, change.ReadAt);
        }
    }

    /// <summary>Remembers a group; of a connection that is known already, what is new holds.</summary>
    public void Add(long group, IReadOnlyCollection<KeyValuePair<string, KnownConnection>> connections, long readAt)
    {
        foreach (var (key, connection) in connections)
        {
            _byKey[key] = (connection, group);
        }

        _groups.Enqueue((group, readAt, [.. connections.Select(connection => connection.Key)]));
        LatestGroup = Math.Max(LatestGroup, group);
    }

    // A later group may know it too.
    private void Forget(string key, long last)
    {
        if (_byKey.TryGetValue(key, out var known) && known.Group <= last)
        {
            _byKey.Remove(key);
        }
    }
}

/// <summary>What a change does to the connections remembered.</summary>
/// <param name="memory">What is remembered so far.</param>
internal sealed class ConnectionChange(ConnectionMemory memory)
{
    /// <summary>Those that are new or that more is known of.</summary>
    public Dictionary<string, KnownConnection> Changed { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of their group.</summary>
    public long Group => memory.LatestGroup + 1;

    /// <summary>When they were read, by the monotonic clock.</summary>
    public long ReadAt { get; set; }

    /// <summary>The numbers of groups that are forgotten: the oldest ones.</summary>
    public List<long> Forgotten { get; } = [];

    /// <summary>What is remembered of a connection, with this change; null where nothing is.</summary>
    public KnownConnection? Find(string key) => Changed.GetValueOrDefault(key) ?? memory.Find(key);
}
