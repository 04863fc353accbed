using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>
/// What is about to be written: laid over what is stored, which it leaves as it is until it was written. A change that fails is thrown away.
/// </summary>
/// <param name="state">What is stored.</param>
internal sealed class StateChange(StoredState state)
{
    /// <summary>Clients that changed; null for those forgotten.</summary>
    public Dictionary<string, ClientTotals?> Clients { get; } = new(StringComparer.Ordinal);

    /// <summary>Counters that changed.</summary>
    public Dictionary<string, HeldCount> Counters { get; } = new(StringComparer.Ordinal);

    /// <summary>Values that changed; null for those removed.</summary>
    public Dictionary<string, string?> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Positions that changed.</summary>
    public Dictionary<AuditSourceKind, AuditPosition> Positions { get; } = [];

    /// <summary>Attempts of clients on a day, where they changed; 0 for those removed.</summary>
    public Dictionary<DateOnly, Dictionary<string, long>> Days { get; } = [];

    /// <summary>Days that are removed.</summary>
    public List<DateOnly> ForgottenDays { get; } = [];

    /// <summary>Entries of the coverage that are new or changed, by number.</summary>
    public SortedDictionary<long, CoverageEntry> Coverage { get; } = [];

    /// <summary>Connections.</summary>
    public ConnectionChange Connections { get; } = new(state.Connections);

    /// <summary>By how many the tracked clients grow; negative when they shrink.</summary>
    public int AddedClients { get; private set; }

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty =>
        Clients.Count + Counters.Count + Values.Count + Positions.Count + Days.Count + ForgottenDays.Count + Coverage.Count + Connections.Changed.Count
            + Connections.Forgotten.Count == 0;

    /// <summary>How many clients use a place under the cap.</summary>
    public int TrackedClients => state.TrackedClients + AddedClients;

    public ClientTotals? FindClient(string address) =>
        Clients.TryGetValue(address, out var changed) ? changed : state.Clients.GetValueOrDefault(address);

    public void SetClient(ClientTotals client)
    {
        ArgumentNullException.ThrowIfNull(client);
        AddedClients += FindClient(client.Address) is null && client.IsOne ? 1 : 0;
        Clients[client.Address] = client;
    }

    public void ForgetClient(string address)
    {
        AddedClients -= FindClient(address) is { IsOne: true } ? 1 : 0;
        Clients[address] = null;
    }

    public HeldCount Count(string counter) => Counters.TryGetValue(counter, out var changed) ? changed : state.Counters.GetValueOrDefault(counter);

    public void Add(string counter, long count, long holdUntil) => Counters[counter] = Count(counter).Plus(count, holdUntil);

    public string? Get(string name) => Values.TryGetValue(name, out var changed) ? changed : state.Values.GetValueOrDefault(name);

    public void Set(string name, string? value)
    {
        if (Get(name) != value)
        {
            Values[name] = value;
        }
    }

    /// <summary>A time; null when there is none, or what is there is none.</summary>
    public DateTimeOffset? GetTime(string name) =>
        GetNumber(name) is { } number && StateTime.IsTime(number) ? StateTime.FromMicroseconds(number) : null;

    public void SetTime(string name, DateTimeOffset? time) => SetNumber(name, time is { } at ? StateTime.ToMicroseconds(at) : null);

    /// <summary>A whole number; null when there is none, or what is there is none.</summary>
    public long? GetNumber(string name) =>
        long.TryParse(Get(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public void SetNumber(string name, long? number) => Set(name, number?.ToString(CultureInfo.InvariantCulture));

    public AuditPosition? PositionOf(AuditSourceKind source) =>
        Positions.TryGetValue(source, out var changed) ? changed : state.Positions.GetValueOrDefault(source);

    /// <summary>Adds to what a client did on a day.</summary>
    public void AddToDay(DateOnly day, string address, long count)
    {
        var changed = ChangedOf(day);
        changed[address] = (changed.TryGetValue(address, out var known) ? known : StoredOf(day, address)) + count;
    }

    /// <summary>Removes a client from all days.</summary>
    public void RemoveFromDays(string address)
    {
        foreach (var day in state.Days.Keys.Union(Days.Keys).ToList())
        {
            if (StoredOf(day, address) > 0)
            {
                ChangedOf(day)[address] = 0;
            }
            else
            {
                Days.GetValueOrDefault(day)?.Remove(address);
            }
        }
    }

    private Dictionary<string, long> ChangedOf(DateOnly day)
    {
        if (!Days.TryGetValue(day, out var changed))
        {
            Days[day] = changed = new Dictionary<string, long>(StringComparer.Ordinal);
        }

        return changed;
    }

    private long StoredOf(DateOnly day, string address) => state.Days.TryGetValue(day, out var stored) ? stored.GetValueOrDefault(address) : 0;

    /// <summary>The latest period that is covered still; null when there is none.</summary>
    public CoverageEntry? OpenPeriod =>
        state.Coverage.Where(known => !Coverage.ContainsKey(known.Id)).Concat(Coverage.Values).LastOrDefault(entry => entry.IsOpen);

    /// <summary>Begins a period.</summary>
    public void BeginCoverage(DateTimeOffset time) => AddCoverage(time, "", isNote: false);

    /// <summary>The wall clock was set: the period that goes on began as long ago as before.</summary>
    public void MoveCoverage(TimeSpan step)
    {
        if (OpenPeriod is { } open)
        {
            Coverage[open.Id] = open with { Begin = open.Begin + step };
        }
    }

    /// <summary>Notes something beside the coverage, or why it ended.</summary>
    public void NoteCoverage(DateTimeOffset time, string text) => AddCoverage(time, text, isNote: true);

    /// <summary>Ends the period that goes on; where none does, why is only noted.</summary>
    public void EndCoverage(DateTimeOffset time, string text)
    {
        if (OpenPeriod is { } open)
        {
            Coverage[open.Id] = open with { End = time, Text = text };
        }
        else
        {
            NoteCoverage(time, text);
        }
    }

    private void AddCoverage(DateTimeOffset time, string text, bool isNote)
    {
        var last = Coverage.Count > 0 ? Coverage.Keys.Last() : 0;
        last = Math.Max(last, state.Coverage.Count > 0 ? state.Coverage[^1].Id : 0);
        Coverage[last + 1] = new CoverageEntry(last + 1, time, null, text, isNote);
    }
}
