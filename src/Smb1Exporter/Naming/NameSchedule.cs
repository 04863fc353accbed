using System.Net;
using Smb1Exporter.State;

namespace Smb1Exporter.Naming;

/// <summary>Which addresses are to be looked up now. Pure.</summary>
internal static class NameSchedule
{
    /// <summary>How long a name is believed: addresses are given to other devices.</summary>
    public static readonly TimeSpan NameLifetime = TimeSpan.FromHours(24);

    /// <summary>How long after an answer without a name it is asked again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);

    /// <summary>So many in one go; the rest comes in the next.</summary>
    public const int Batch = 50;

    /// <summary>Those never asked for first, then those asked for longest ago.</summary>
    public static IReadOnlyList<IPAddress> Due(IEnumerable<ClientTotals> clients, DateTimeOffset now) =>
    [
        .. clients
            .Where(client => IsDue(client, now))
            .OrderBy(client => client.LookedUp ?? DateTimeOffset.MinValue)
            .Select(client => IPAddress.TryParse(client.Address, out var address) ? address : null)
            .OfType<IPAddress>()
            .Take(Batch),
    ];

    private static bool IsDue(ClientTotals client, DateTimeOffset now)
    {
        // A clock set back must not put it off for longer than usual.
        var wait = client.DnsName is null ? RetryAfter : NameLifetime;
        return client.LookedUp is not { } last || (now - last).Duration() >= wait;
    }
}
