using System.Net;
using System.Security.Cryptography;
using Smb1Exporter.Probing.Wire;

namespace Smb1Exporter.Probing;

/// <summary>
/// Asks SMB servers of this machine over the wire. An SMB1-only negotiate leaves no audit record; an anonymous log-on leaves one from audit level 3 and
/// both at level 5, as clients' sessions do, and counts as nobody's failed password.
/// </summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class SmbProbe(TimeProvider timeProvider)
{
    /// <summary>What a connection may take; smbd answers in milliseconds. No question needs more than two connections.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>The name by which we log on, which audit records show. Never empty: logs whose name holds <c>%m</c> would get a name of their own.</summary>
    public const string Workstation = "SMB1-EXPORTER";

    private const int MostPending = 10;
    private const int RandomBytes = 48;

    /// <summary>Whether a server serves SMB1. Never throws but for cancellation.</summary>
    public async Task<ServedReply> AskForSmb1Async(ProbeTarget target, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = SmbConnection.Prepare(target);
            var dialect = await WithinLimitAsync(token => ConnectAndNegotiateSmb1Async(connection, token), cancellationToken);
            return new ServedReply(dialect is null ? ServedAnswer.Refused : ServedAnswer.Served, dialect ?? "");
        }
        catch (NotAskedException e)
        {
            return new ServedReply(ServedAnswer.NotAsked, e.Message, e.Reason);
        }
    }

    /// <summary>
    /// Logs on as nobody, and off by closing the connection; by SMB1 where the server speaks nothing later. Never throws but for cancellation, and for what
    /// <paramref name="beforeConnecting"/> throws.
    /// </summary>
    /// <param name="target">The server.</param>
    /// <param name="beforeConnecting">Is told each address and port that we come from, before anybody can have seen it: its records are not a client's.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <param name="workstation">The name by which we log on to SMB2 and 3.</param>
    public async Task<LogOnReply> LogOnAsync(
        ProbeTarget target, Func<IPEndPoint, CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken, string workstation = Workstation)
    {
        ArgumentNullException.ThrowIfNull(beforeConnecting);
        var from = new List<IPEndPoint>();
        try
        {
            var status = await OnNewConnectionAsync((connection, token) => LogOnBySmb2Async(connection, workstation, token));
            if (status is not null)
            {
                return Answered(LogOnAnswer.Answered, status.Value, from);
            }

            return Answered(LogOnAnswer.AnsweredBySmb1, await OnNewConnectionAsync(LogOnBySmb1Async), from);
        }
        catch (NotAskedException e)
        {
            return new LogOnReply(LogOnAnswer.NotAsked, e.Message, from, e.Reason);
        }

        async Task<T> OnNewConnectionAsync<T>(Func<SmbConnection, CancellationToken, Task<T>> ask)
        {
            using var connection = SmbConnection.Prepare(target);
            from.Add(connection.Local);
            await beforeConnecting(connection.Local, cancellationToken);
            return await WithinLimitAsync(token => ask(connection, token), cancellationToken);
        }
    }

    private static LogOnReply Answered(LogOnAnswer answer, uint status, List<IPEndPoint> from) => NtStatus.IsOfAuthentication(status)
        ? new LogOnReply(answer, NtStatus.NameOf(status), from) { IsGranted = status == NtStatus.Success }
        : new LogOnReply(LogOnAnswer.NotAsked, $"it answers a log-on with {NtStatus.NameOf(status)}", from, NotAskedReason.Undecided);

    /// <returns>The dialect that the server chose; null where it wants none.</returns>
    private static async Task<string?> ConnectAndNegotiateSmb1Async(SmbConnection connection, CancellationToken cancellationToken)
    {
        await connection.ConnectAsync(Workstation, cancellationToken);
        var answer = await connection.AskAsync(Smb1Message.NegotiateRequest(), cancellationToken);
        var negotiated = Smb1Message.ReadNegotiate(answer) ?? throw SmbConnection.NoSmb();
        return negotiated.Status == NtStatus.Success
            ? negotiated.Dialect
            : throw new NotAskedException(NotAskedReason.Undecided, $"it answers with {NtStatus.NameOf(negotiated.Status)}");
    }

    /// <returns>Null where the server does not agree on SMB2 or 3.</returns>
    private static async Task<uint?> LogOnBySmb2Async(SmbConnection connection, string workstation, CancellationToken cancellationToken)
    {
        await connection.ConnectAsync(Workstation, cancellationToken);
        if (!await AgreesOnSmb2Async(connection, cancellationToken))
        {
            return null;
        }

        var first = await SetUpAsync(connection, 1, session: 0, Spnego.First(Ntlm.Negotiate()), cancellationToken);
        if (first.Status != NtStatus.MoreProcessingRequired)
        {
            throw new NotAskedException(NotAskedReason.Undecided, $"it lets nobody log on with NTLM ({NtStatus.NameOf(first.Status)})");
        }

        var answer = Ntlm.Authenticate(first.Token.Span, workstation) ?? throw SmbConnection.NoSmb();
        return (await SetUpAsync(connection, 2, first.Session, Spnego.Next(answer), cancellationToken)).Status;
    }

    private static async Task<bool> AgreesOnSmb2Async(SmbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await connection.AskAsync(Smb2Message.NegotiateRequest(RandomNumberGenerator.GetBytes(RandomBytes)), cancellationToken);
            return Smb2Message.ReadNegotiate(answer) == NtStatus.Success;
        }
        catch (NotAskedException)
        {
            // A server of SMB1 alone does not understand the question, and ends the connection.
            return false;
        }
    }

    private static async Task<Smb2Setup> SetUpAsync(SmbConnection connection, ulong number, ulong session, byte[] token, CancellationToken cancellationToken)
    {
        var answer = Smb2Message.ReadSetup(await connection.AskAsync(Smb2Message.SetupRequest(number, session, token), cancellationToken), number);
        for (var pending = 0; answer is { Status: NtStatus.Pending } && pending < MostPending; pending++)
        {
            answer = Smb2Message.ReadSetup(await connection.ReceiveAsync(cancellationToken), number);
        }

        return answer ?? throw SmbConnection.NoSmb();
    }

    private static async Task<uint> LogOnBySmb1Async(SmbConnection connection, CancellationToken cancellationToken)
    {
        if (await ConnectAndNegotiateSmb1Async(connection, cancellationToken) is null)
        {
            throw new NotAskedException(NotAskedReason.Undecided, "it agrees on no version of SMB");
        }

        return Smb1Message.ReadSetup(await connection.AskAsync(Smb1Message.SetupRequest(Workstation), cancellationToken)) ?? throw SmbConnection.NoSmb();
    }

    private async Task<T> WithinLimitAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var tooLong = new CancellationTokenSource(Limit, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tooLong.Token);
        try
        {
            return await ask(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotAskedException(NotAskedReason.Silent, $"it has not answered within {Limit.TotalSeconds} s");
        }
    }
}
