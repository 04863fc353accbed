using System.Globalization;
using System.Text;

namespace Smb1Exporter.Probing;

/// <summary>Tells people where SMB servers listen, and what is not certain about it.</summary>
internal static class ListeningSentences
{
    private const int Shown = 8;

    public static string Of(ListeningCertainty certainty, IReadOnlyList<ListeningSocket> sockets, IReadOnlyList<string> doubts)
    {
        var text = new StringBuilder();
        var known = sockets.Where(socket => socket.HasKnownOwner && socket.Access == ListeningSocketAccess.Here).ToList();
        text.Append(known.Count > 0
            ? $"smbd ({Processes(known.SelectMany(socket => socket.ProcessIds).Distinct().Order())}) listens on {Sockets(known)}."
            : certainty == ListeningCertainty.ByProcess ? "No smbd listens." : "Which sockets smbd listens on is not certain.");
        if (doubts.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $" {Capitalized(string.Join("; ", doubts))}.");
        }

        text.Append(certainty switch
        {
            ListeningCertainty.ByPort => " Only listeners on ports 445 and 139 are sure to be found; an SMB server on another port may be missing.",
            ListeningCertainty.NotKnown => " The system's list of sockets could not be read to its end; listeners may be missing.",
            _ => "",
        });

        Append(
            text,
            sockets.Where(socket => !socket.HasKnownOwner && socket.Access != ListeningSocketAccess.OtherNetworkNamespace),
            certainty == ListeningCertainty.ByProcess
                ? "Unknown listener on {0}: no process of Samba holds it; it may be another program, a container's port or the kernel's own server (ksmbd)."
                : "The owner of the listener on {0} is not known.");
        Append(
            text,
            sockets.Where(socket => socket.Access == ListeningSocketAccess.OtherNetworkNamespace),
            "{0} of another network namespace (a container, for example) cannot be connected to from here.");
        Append(
            text,
            sockets.Where(socket => socket.Access == ListeningSocketAccess.NoAddress),
            "{0} can be reached by nobody: this machine has no IPv6 address.");
        return text.ToString();
    }

    /// <summary>"process 4711", "processes 4711, 4712 and 12 more".</summary>
    public static string Processes(IEnumerable<int> ids)
    {
        var all = ids.Select(id => id.ToString(CultureInfo.InvariantCulture)).ToList();
        return (all.Count == 1 ? "process " : "processes ") + Wording.Listed(all, Shown);
    }

    private static void Append(StringBuilder text, IEnumerable<ListeningSocket> sockets, string sentence)
    {
        if (sockets.ToList() is { Count: > 0 } some)
        {
            text.Append(' ').Append(sentence.Replace("{0}", Sockets(some), StringComparison.Ordinal));
        }
    }

    private static string Sockets(IEnumerable<ListeningSocket> sockets) => Wording.Listed([.. sockets.Select(socket => socket.Bound.ToString()).Distinct()], Shown);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
