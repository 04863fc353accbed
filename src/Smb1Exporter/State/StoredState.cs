using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>Everything that is stored, in memory: the file is its journal, and is read once, at the start.</summary>
internal sealed class StoredState
{
    /// <summary>The clients known, by address.</summary>
    public Dictionary<string, ClientTotals> Clients { get; } = new(StringComparer.Ordinal);

    /// <summary>Further counters, by a name of <see cref="CounterNames"/>.</summary>
    public Dictionary<string, HeldCount> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Single values, by a name of <see cref="StateNames"/>.</summary>
    public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Where reading of each audit log goes on.</summary>
    public Dictionary<AuditSourceKind, AuditPosition> Positions { get; } = [];

    /// <summary>Attempts by day (UTC) and client.</summary>
    public SortedDictionary<DateOnly, Dictionary<string, long>> Days { get; } = [];

    /// <summary>What became of the coverage, oldest first.</summary>
    public List<CoverageEntry> Coverage { get; } = [];

    /// <summary>The connections of the last minutes.</summary>
    public ConnectionMemory Connections { get; } = new();

    /// <summary>How many clients use a place under the cap.</summary>
    public int TrackedClients { get; private set; }

    /// <summary>Takes over what was written.</summary>
    public void Apply(StateChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        TrackedClients += change.AddedClients;
        Merge(Clients, change.Clients);
        Merge(Values, change.Values);
        foreach (var (name, count) in change.Counters)
        {
            Counters[name] = count;
        }

        foreach (var (source, position) in change.Positions)
        {
            Positions[source] = position;
        }

        foreach (var (day, clients) in change.Days)
        {
            MergeDay(day, clients);
        }

        change.ForgottenDays.ForEach(day => Days.Remove(day));
        foreach (var entry in change.Coverage.Values)
        {
            var at = Coverage.FindLastIndex(known => known.Id == entry.Id);
            if (at < 0)
            {
                Coverage.Add(entry);
            }
            else
            {
                Coverage[at] = entry;
            }
        }

        Coverage.RemoveRange(0, Math.Max(0, Coverage.Count - CoverageEntry.Kept));
        Connections.Apply(change.Connections);
    }

    private void MergeDay(DateOnly day, Dictionary<string, long> changed)
    {
        if (!Days.TryGetValue(day, out var known))
        {
            Days[day] = known = new Dictionary<string, long>(StringComparer.Ordinal);
        }

        foreach (var (address, attempts) in changed)
        {
            if (attempts == 0)
            {
                known.Remove(address);
            }
            else
            {
                known[address] = attempts;
            }
        }
    }

    private static void Merge<T>(Dictionary<string, T> known, Dictionary<string, T?> changed)
        where T : class
    {
        foreach (var (key, value) in changed)
        {
            if (value is null)
            {
                known.Remove(key);
            }
            else
            {
                known[key] = value;
            }
        }
    }
}
