using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.Probing;

/// <summary>One listener, and what it says of SMB1.</summary>
/// <param name="Socket">The listener.</param>
/// <param name="Target">Where it was asked, and by which name; null where it cannot be.</param>
/// <param name="Reply">What it said.</param>
internal sealed record ServedSocket(ListeningSocket Socket, ProbeTarget? Target, ServedReply Reply);

/// <summary>Asks every listener for SMB1.</summary>
/// <param name="probe">Asks one.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ServedQuestion(SmbProbe probe, TimeProvider timeProvider)
{
    /// <summary>So many listeners are asked.</summary>
    private const int MostSockets = 32;

    private const int ShownTargets = 4;
    private const int MostOtherAddresses = 4;

    /// <summary>Asks them all at once.</summary>
    /// <param name="sockets">The listeners.</param>
    /// <param name="names">NetBIOS names by which a server on port 139 may serve SMB1 alone.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<IReadOnlyList<ServedSocket>> AskAsync(
        IReadOnlyList<ListeningSocket> sockets, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(sockets.Take(MostSockets).Select(socket => AskAsync(socket, names, cancellationToken)));
        return
        [
            .. asked,
            .. sockets.Skip(MostSockets).Select(socket => new ServedSocket(
                socket, null, new ServedReply(ServedAnswer.NotAsked, $"there are more than {MostSockets} listeners", NotAskedReason.NotConnected))),
        ];
    }

    /// <summary>What follows from what they say.</summary>
    public ProofResult Conclude(ListeningReport report, IReadOnlyList<ServedSocket> asked)
    {
        if (asked.FirstOrDefault(socket => socket.Reply.Answer == ServedAnswer.Served) is { } serving)
        {
            return new ProofResult(true, timeProvider.GetUtcNow(), $"{serving.Target} answered a negotiate for SMB1 alone with \"{serving.Reply.Detail}\"");
        }

        var silent = asked.Where(socket => socket.Reply.Answer == ServedAnswer.NotAsked && socket.Socket.Access != ListeningSocketAccess.NoAddress).ToList();
        if (report.Certainty == ListeningCertainty.NotKnown)
        {
            return new ProofResult(null, null, report.Detail);
        }

        return silent switch
        {
            _ when asked.Count == silent.Count && asked.Count == 0 => new ProofResult(
                null, null, $"no SMB server was found that could be asked. {report.Detail} Start smbd, or name its address and port in Exporter:Samba:Servers"),
            [var first, ..] => new ProofResult(null, null, $"the server on {first.Target?.ToString() ?? first.Socket.Bound.ToString()} could not be asked: {first.Reply.Detail}. Start smbd if it is stopped"),
            [] => new ProofResult(
                false,
                timeProvider.GetUtcNow(),
                $"{Wording.Listed([.. asked.Select(socket => socket.Target?.ToString()).OfType<string>()], ShownTargets)} refused a negotiate for SMB1 alone{(report.Certainty == ListeningCertainty.ByPort ? "; other ports could not be looked at" : "")}"),
        };
    }

    private async Task<ServedSocket> AskAsync(ListeningSocket socket, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (socket is not { Access: ListeningSocketAccess.Here, Ask: { } ask })
        {
            var why = socket.Access == ListeningSocketAccess.OtherNetworkNamespace
                ? "it is in another network namespace, as that of a container; run smb1-exporter there, or name an address that can be reached in Exporter:Samba:Servers"
                : "this machine has no address of its kind";
            return new ServedSocket(socket, null, new ServedReply(ServedAnswer.NotAsked, why, NotAskedReason.NotConnected));
        }

        var answer = await AskAsync(socket, new ProbeTarget(ask), cancellationToken);
        foreach (var name in ask.Port == ListeningSocketFinder.NetBiosPort ? names : [])
        {
            if (answer.Reply.Answer == ServedAnswer.Served)
            {
                break;
            }

            var byName = await AskAsync(socket, new ProbeTarget(ask, name), cancellationToken);
            answer = byName.Reply.Answer == ServedAnswer.Served || answer.Reply.Answer == ServedAnswer.NotAsked ? byName : answer;
        }

        return answer;
    }

    /// <summary>A server that takes no connection from loopback (hosts deny) may take one from another address of this machine.</summary>
    private async Task<ServedSocket> AskAsync(ListeningSocket socket, ProbeTarget target, CancellationToken cancellationToken)
    {
        var reply = await probe.AskForSmb1Async(target, cancellationToken);
        foreach (var other in MayRefuseUs(reply.Reason) ? OtherAddresses(socket) : [])
        {
            var next = target with { EndPoint = new IPEndPoint(other, target.EndPoint.Port) };
            var answer = await probe.AskForSmb1Async(next, cancellationToken);
            if (answer.Answer != ServedAnswer.NotAsked)
            {
                return new ServedSocket(socket, next, answer);
            }
        }

        return new ServedSocket(socket, target, reply);
    }

    private static bool MayRefuseUs(NotAskedReason? reason) => reason is NotAskedReason.Closed or NotAskedReason.NoSession;

    private static List<IPAddress> OtherAddresses(ListeningSocket socket)
    {
        if (!socket.Bound.Address.Equals(IPAddress.Any) && !socket.Bound.Address.Equals(IPAddress.IPv6Any))
        {
            return [];
        }

        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                    .Select(address => address.Address)
                    .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address))
                    .Take(MostOtherAddresses),
            ];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }
}
