using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>
/// Finds clients unseen for the retention time. One is forgotten only when it was overdue at two looks, a day apart by the monotonic clock, and
/// the wall clock was not set in between: a clock that is wrong for four seconds must forget nobody.
/// </summary>
/// <param name="retention">How long an unseen client is remembered.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class OverdueClients(TimeSpan retention, TimeProvider timeProvider)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);

    /// <summary>The clients to forget now.</summary>
    public List<string> Find(IEnumerable<ClientTotals> clients)
    {
        var (now, timestamp) = (timeProvider.GetUtcNow(), timeProvider.GetTimestamp());
        var overdue = clients.Where(client => now - client.LastSeen > retention).Select(client => client.Address).ToHashSet(StringComparer.Ordinal);
        foreach (var address in _since.Keys.Where(address => !overdue.Contains(address)).ToList())
        {
            _since.Remove(address);
        }

        var found = new List<string>();
        foreach (var address in overdue)
        {
            if (!_since.TryAdd(address, timestamp) && timeProvider.GetElapsedTime(_since[address], timestamp) >= Apart)
            {
                _since.Remove(address);
                found.Add(address);
            }
        }

        return found;
    }

    /// <summary>The wall clock was set: nobody knows who is overdue.</summary>
    public void Clear() => _since.Clear();

    private TimeSpan Apart => retention < Longest ? retention : Longest;
}
