using Smb1Exporter.State;

namespace Smb1Exporter.Counting;

/// <summary>What is written when an exporter begins to use a state file.</summary>
internal static class StoreBeginning
{
    /// <summary>A stop that is shorter is a restart, and not worth a line.</summary>
    private static readonly TimeSpan ShortStop = TimeSpan.FromMinutes(5);

    public static void Write(OpenChange open, StateFile file, CountingOptions options, TimeSpan initialLookback, DateTimeOffset now)
    {
        var change = open.Change;
        if (change.Get(StateNames.Installation) is null)
        {
            change.Set(StateNames.Installation, Guid.NewGuid().ToString());
        }

        if (!options.ResolveNames)
        {
            foreach (var client in file.Stored.Clients.Values.Where(client => client.Name is not null || client.NamedAt is not null || client.LookedUp is not null))
            {
                change.SetClient(client with { DnsName = null, Workstation = null, LookedUp = null, Name = null, NamedAt = null });
            }
        }

        if (change.Get(StateNames.Begun) is null)
        {
            Begin(open, file, initialLookback, now);
        }
        else if (file.IsOlderCopy)
        {
            AddGap(open, now, "The state file was replaced by an older copy of itself: what was counted since is lost.");
        }
        else if (change.GetTime(StateNames.WatchedUntil) is { } until && change.GetNumber(StateNames.Covered) > 0 && now - until > ShortStop)
        {
            change.NoteCoverage(now, $"The exporter did not run since {Figures.Time(until)} UTC: that time is not counted as covered.");
        }

        change.Set(StateNames.Machine, file.Machine ?? change.Get(StateNames.Machine));
    }

    private static void Begin(OpenChange open, StateFile file, TimeSpan initialLookback, DateTimeOffset now)
    {
        var lookback = now - initialLookback;
        if (file.SetAside is { } setAside)
        {
            // What was counted went with the damaged file, and Prometheus has it: counting it again would report it again.
            AddGap(open, now, "The state file was damaged: what it had counted is lost.");
            lookback = setAside.LastWritten > lookback ? setAside.LastWritten : lookback;
        }
        else if (file.OfAnotherMachine is not null)
        {
            open.Change.NoteCoverage(now, "The state file was of another machine, from which this one was copied: counting begins anew.");
            lookback = now;
        }

        open.Change.SetTime(StateNames.Begun, now);
        open.Change.SetTime(StateNames.NotBefore, lookback);
    }

    private static void AddGap(OpenChange open, DateTimeOffset now, string reason)
    {
        open.Change.Add(CounterNames.Gaps, 1, holdUntil: 0);
        open.EndCoverage(now, [reason]);
    }
}
