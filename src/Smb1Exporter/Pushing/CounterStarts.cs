using Smb1Exporter.State;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Since when the shown totals count. They outlive the program, so their start is not that of the process: a backend that goes by starts would count
/// all of a total again after each restart.
/// </summary>
internal sealed class CounterStarts(AttemptTotals totals)
{
    /// <summary>The start of a counter of this installation.</summary>
    public DateTimeOffset? OfInstallation => totals.Begun;

    /// <summary>The start of a client's counter: its first attempt. One that was forgotten begins anew. Null for a client that is not known.</summary>
    public DateTimeOffset? OfClient(string address) => totals.Find(address)?.FirstSeen;
}
