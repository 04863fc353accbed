using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>Which clients, and names of clients, have had a series of the meter in use. Not safe for use by several threads.</summary>
/// <param name="limit">So many series of one metric OpenTelemetry has places for.</param>
internal sealed class ShownClients(int limit)
{
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private readonly HashSet<(string Address, string Name)> _names = [];

    /// <summary>Adds clients that get series now.</summary>
    /// <returns>Whether there are places for them too.</returns>
    public bool Add(IEnumerable<ClientTotals> clients)
    {
        ArgumentNullException.ThrowIfNull(clients);
        foreach (var client in clients)
        {
            _addresses.Add(client.Address);
            if (client.Name is { } name)
            {
                _names.Add((client.Address, name));
            }
        }

        return _addresses.Count <= limit && _names.Count <= limit;
    }

    public void Clear()
    {
        _addresses.Clear();
        _names.Clear();
    }
}
