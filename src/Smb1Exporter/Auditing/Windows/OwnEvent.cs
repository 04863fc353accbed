using System.Net;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>Whether an event is that of a connection of our own.</summary>
internal enum OwnEventKind
{
    /// <summary>It is a client's.</summary>
    NotOurs,

    /// <summary>It may be ours, and as well that of a program on this machine: it counts. As an event 3000 it proves that auditing is on, whoever caused it.</summary>
    InDoubt,

    /// <summary>It is ours: it never counts, and as an event 3000 it proves that auditing is on.</summary>
    Ours,
}

/// <summary>A connection that we make ourselves, known before it is made.</summary>
/// <param name="From">The address from which it comes.</param>
/// <param name="Port">The port; null where it was not known beforehand.</param>
/// <param name="Begin">When it began, or was about to (UTC).</param>
/// <param name="End">When it ended; null where that was never stored.</param>
internal sealed record OwnEventConnection(IPAddress From, int? Port, DateTimeOffset Begin, DateTimeOffset? End);

/// <summary>
/// Tells events of our own connections from those of clients. Pure. Neither event has a port as far as is known: event 3000 names an address, event 1001
/// nobody (version 1).
/// </summary>
/// <remarks>
/// Ours is only what cannot be a client's: an event that names an <see cref="OwnSource"/> of ours, or our address with our port. An event that names an
/// address that other programs on this machine have too (127.0.0.1, ::1, an address of the network) may be theirs even if it came in the very moment of our
/// connection, and whether Windows writes one for ours at all is unverified; so it counts. The same holds for a rejection that names nobody. Therefore a
/// connection of our own is made from an <see cref="OwnSource"/> alone, and not where SMB1 is off, as then it would cause event 1001.
/// </remarks>
internal static class OwnEvent
{
    /// <summary>An address of our own alone needs no exact time; but a clock may have been set since.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(10);

    /// <summary>The clock of events may be behind ours by a tick of the system's timer, and an event is written after its cause.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>What a connection takes at the most whose end was not stored.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Judges an event.</summary>
    /// <param name="record">The event.</param>
    /// <param name="own">Our own connections of the last minutes; older ones do no harm.</param>
    public static OwnEventKind Judge(AuditRecord record, IReadOnlyCollection<OwnEventConnection> own)
    {
        ArgumentNullException.ThrowIfNull(record);
        var (address, port) = Read(record.Client);
        return own.Select(connection => Judge(record, address, port, connection)).DefaultIfEmpty(OwnEventKind.NotOurs).Max();
    }

    private static OwnEventKind Judge(AuditRecord record, IPAddress? address, int? port, OwnEventConnection own)
    {
        if (address is null)
        {
            // A name, or nobody: it may be any program's.
            return IsWithin(record.Time, own, Slack) ? OwnEventKind.InDoubt : OwnEventKind.NotOurs;
        }

        if (!address.Equals(Plain(own.From)) || (port is not null && own.Port is not null && port != own.Port))
        {
            return OwnEventKind.NotOurs;
        }

        var isCertain = OwnSource.Is(address) || (port is not null && port == own.Port);
        if (!IsWithin(record.Time, own, isCertain ? Around : Slack))
        {
            return OwnEventKind.NotOurs;
        }

        // Event 1001 of version 0 may stand for several attempts, of which ours is one.
        return isCertain && record.Count == 1 ? OwnEventKind.Ours : OwnEventKind.InDoubt;
    }

    private static bool IsWithin(DateTimeOffset time, OwnEventConnection own, TimeSpan slack) =>
        time >= own.Begin - slack && time <= (own.End ?? own.Begin + Longest) + slack;

    /// <summary>Reads <c>1.2.3.4</c>, <c>1.2.3.4:5</c>, <c>fe80::1%4</c>, <c>[fe80::1]</c> and <c>[fe80::1]:5</c>.</summary>
    private static (IPAddress? Address, int? Port) Read(string client)
    {
        var text = client.Trim();
        if (!text.Contains(':', StringComparison.Ordinal) && text.AsSpan().Count('.') != 3)
        {
            // IPAddress takes "1" and "127.1", too.
            return default;
        }

        if (text.StartsWith('[') && text.EndsWith(']'))
        {
            text = text[1..^1];
        }

        return IPAddress.TryParse(text, out var address) && !text.StartsWith('[') ? (Plain(address), null)
            : IPEndPoint.TryParse(text, out var endPoint) ? (Plain(endPoint.Address), endPoint.Port)
            : default;
    }

    /// <summary>Without zone, and IPv4 that is written as IPv6 as IPv4.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
}
