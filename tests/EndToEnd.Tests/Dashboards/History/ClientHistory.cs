namespace Smb1Exporter.EndToEnd.Tests.Dashboards.History;

/// <summary>What one client did to one server.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">The name that the exporter found for it; null for none.</param>
/// <param name="Attempts">When it tried to connect with SMB1, oldest first; several attempts at once are that often in it.</param>
internal sealed record ClientHistory(string Address, string? Name, IReadOnlyList<DateTimeOffset> Attempts)
{
    /// <summary>For how long before it rises a new client is shown at zero: longer than the longest time between two scrapes.</summary>
    private static readonly TimeSpan ShownBefore = TimeSpan.FromMinutes(40);

    /// <summary>The attempts that the exporter knows of: after it lost its memory last, up to <paramref name="time"/>.</summary>
    public IEnumerable<DateTimeOffset> Known(DateTimeOffset time, DateTimeOffset? lost) =>
        Attempts.Where(attempt => attempt <= time && !(attempt <= lost));

    /// <summary>Whether the exporter shows the client.</summary>
    public bool IsShown(DateTimeOffset time, DateTimeOffset? lost) => FirstSeen(time, lost) is not null;

    /// <summary>The first attempt that the exporter knows of; null when it does not show the client.</summary>
    public DateTimeOffset? FirstSeen(DateTimeOffset time, DateTimeOffset? lost) =>
        Attempts.Where(attempt => !(attempt <= lost) && attempt - ShownBefore <= time).Cast<DateTimeOffset?>().FirstOrDefault();

    /// <summary>The last attempt that the exporter knows of. A client shown at zero was seen, too.</summary>
    public DateTimeOffset? LastSeen(DateTimeOffset time, DateTimeOffset? lost) =>
        Known(time, lost).Cast<DateTimeOffset?>().LastOrDefault() ?? FirstSeen(time, lost);
}
