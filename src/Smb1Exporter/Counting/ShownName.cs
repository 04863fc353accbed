using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>
/// Which of a client's names is shown. DNS is the administrator's word and stands before the client's own. Each name is a series: a client gets another
/// one once a day at the most, because a terminal server or a NAT may give another name with each connection, and DNS another one with each answer.
/// </summary>
internal static class ShownName
{
    /// <summary>How long a name is shown at the least.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>What a client says its name is.</summary>
    /// <returns>The client as it was where nothing changes.</returns>
    public static ClientTotals WithWorkstation(ClientTotals client, string name, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.Workstation == name && client.Name == (client.DnsName ?? name) ? client : Update(client with { Workstation = name }, timeProvider, atOnce: false);
    }

    /// <summary>What DNS says its name is. The first answer takes the place of what the client said.</summary>
    public static ClientTotals WithAnswer(ClientTotals client, NameAnswer answer, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(answer);
        var isFirst = client.LookedUp is null && answer.Name is not null;
        return Update(client with { DnsName = answer.IsUnanswered ? client.DnsName : answer.Name, LookedUp = answer.Time }, timeProvider, isFirst);
    }

    private static ClientTotals Update(ClientTotals client, TimeProvider timeProvider, bool atOnce)
    {
        var name = client.DnsName ?? client.Workstation;
        if (name == client.Name || (IsKept(client, timeProvider) && !atOnce))
        {
            return client;
        }

        return name is null
            ? client with { Name = null }
            : client with { Name = name, NamedAt = timeProvider.GetUtcNow(), NamedTimestamp = timeProvider.GetTimestamp() };
    }

    private static bool IsKept(ClientTotals client, TimeProvider timeProvider) => client switch
    {
        { NamedTimestamp: { } timestamp } => timeProvider.GetElapsedTime(timestamp) < Kept,
        { NamedAt: { } time } => (timeProvider.GetUtcNow() - time).Duration() < Kept,
        _ => false,
    };
}
