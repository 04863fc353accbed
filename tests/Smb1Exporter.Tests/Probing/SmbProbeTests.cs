using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Smb1Exporter.Probing;
using Smb1Exporter.Probing.Wire;
using Smb1Exporter.Tests.Probing.Wire;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>What is made of whatever stands behind a port: only an answer of SMB is one.</summary>
public sealed class SmbProbeTests
{
    private static readonly byte[] KeepAlive = [0x85, 0, 0, 0];

    private readonly WatchedClock _clock;
    private readonly FakeTimeProvider _time = new();

    public SmbProbeTests() => _clock = new WatchedClock(_time);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nobody_listens_there_is_no_connection()
    {
        var target = new ProbeTarget(new IPEndPoint(IPAddress.Loopback, FreePorts.Next()));

        var (served, reply) = await AskAsync(target);

        AssertNotAsked(NotAskedReason.NotConnected, "it cannot be connected to (ConnectionRefused)", served, reply);
        Assert.Single(reply.From);
    }

    [Fact]
    public async Task A_server_that_hangs_up_at_once_says_nothing()
    {
        await using var server = new FakeSmbServer((_, _) => Task.CompletedTask);

        var (served, reply) = await AskAsync(server.Target);

        Assert.Equal((ServedAnswer.NotAsked, NotAskedReason.Closed), (served.Answer, served.Reason));
        Assert.Equal((LogOnAnswer.NotAsked, NotAskedReason.Closed), (reply.Answer, reply.Reason));
    }

    [Fact]
    public async Task A_server_that_resets_the_connection_says_nothing()
    {
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            await FakeSmbServer.TakeMessageAsync(stream, token);
            stream.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
            stream.Socket.Close();
        });

        var (served, reply) = await AskAsync(server.Target);

        AssertNotAsked(NotAskedReason.Closed, "it broke off the connection (ConnectionReset)", served, reply);
    }

    public static TheoryData<string, byte[]> Nonsense => new()
    {
        { "a web server", Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") },
        { "a server of SSH", Encoding.ASCII.GetBytes("SSH-2.0-OpenSSH_9.2p1\r\n") },
        { "an answer of 16 MB", [0, 0xFF, 0xFF, 0xFF, 0xFF, .. "SMBr"u8] },
        { "an empty answer", [0, 0, 0, 0] },
        { "an answer of one byte", [0, 0, 0, 1, 0xFF] },
        { "zeros", NetBios.Frame(new byte[100]) },
        { "a grant of a session that nobody asked for", [0x82, 0, 0, 0] },
        { "keep-alives without end", [.. Enumerable.Repeat(KeepAlive, 1000).SelectMany(packet => packet)] },
        { "keep-alives with content", [0x85, 0, 0, 4, 1, 2, 3, 4] },
        { "an answer of SMB1 cut in its header", NetBios.Frame(SmbdAnswers.Served.AsSpan(0, 33)) },
        { "an answer of SMB1 cut in its words", NetBios.Frame(SmbdAnswers.Served.AsSpan(0, 60)) },
        { "an answer of SMB2 cut in its header", NetBios.Frame(SmbdAnswers.Negotiated.AsSpan(0, 63)) },
        { "an answer to another question of SMB1", NetBios.Frame(With(SmbdAnswers.Refused, 4, 0x2B)) },
        { "an answer to another message of SMB1", NetBios.Frame(With(SmbdAnswers.Refused, 30, 9)) },
        { "our own question", NetBios.Frame(Smb1Message.NegotiateRequest()) },
        { "our own question of SMB2", NetBios.Frame(Smb2Message.NegotiateRequest(new byte[48])) },
        { "a dialect that was not offered", NetBios.Frame(With(SmbdAnswers.Served, 33, 7)) },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task What_is_no_answer_is_none(string what, byte[] sent)
    {
        Assert.NotEmpty(what);
        await using var server = FakeSmbServer.Sending(sent);

        var (served, reply) = await AskAsync(server.Target);

        AssertNotAsked(NotAskedReason.NotSmb, "it does not answer as an SMB server", served, reply);
    }

    [Fact]
    public async Task An_echo_is_no_answer()
    {
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            while (true)
            {
                await stream.WriteAsync(await FakeSmbServer.TakeMessageAsync(stream, token), token);
            }
        });

        var (served, reply) = await AskAsync(server.Target);

        AssertNotAsked(NotAskedReason.NotSmb, "it does not answer as an SMB server", served, reply);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_five_seconds()
    {
        await using var server = FakeSmbServer.Sending([]);

        var asking = new SmbProbe(_clock).AskForSmb1Async(server.Target, Cancelled);
        await PassLimitAsync(asking);
        var loggingOn = LogOnAsync(server.Target);
        await PassLimitAsync(loggingOn);

        AssertNotAsked(NotAskedReason.Silent, "it has not answered within 5 s", await asking, await loggingOn);
    }

    [Fact]
    public async Task A_server_that_takes_no_connection_from_its_queue_is_waited_for_no_longer()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();

        var asking = new SmbProbe(_clock).AskForSmb1Async(new ProbeTarget((IPEndPoint)listener.LocalEndPoint!), Cancelled);
        await PassLimitAsync(asking);

        Assert.Equal((ServedAnswer.NotAsked, NotAskedReason.Silent), ((await asking).Answer, (await asking).Reason));
    }

    [Fact]
    public async Task A_server_that_promises_an_answer_again_and_again_has_not_answered()
    {
        var pending = NetBios.Frame(With(With(SmbdAnswers.Challenge, 8, [3, 1, 0, 0]), 16, 3));
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            await FakeSmbServer.TakeMessageAsync(stream, token);
            await stream.WriteAsync(NetBios.Frame(SmbdAnswers.Negotiated), token);
            while (true)
            {
                await stream.WriteAsync(pending, token);
            }
        });

        var reply = await LogOnAsync(server.Target);

        Assert.Equal((LogOnAnswer.NotAsked, NotAskedReason.Undecided), (reply.Answer, reply.Reason));
        Assert.Contains("STATUS_PENDING", reply.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_comes_byte_by_byte_after_keep_alives_is_one()
    {
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            await FakeSmbServer.TakeMessageAsync(stream, token);
            stream.Socket.NoDelay = true;
            foreach (var part in KeepAlive.Concat(KeepAlive).Concat(NetBios.Frame(SmbdAnswers.Served)))
            {
                await stream.WriteAsync(new[] { part }, token);
                await Task.Yield();
            }
        });

        Assert.Equal(new ServedReply(ServedAnswer.Served, "NT LM 0.12"), await new SmbProbe(_clock).AskForSmb1Async(server.Target, Cancelled));
    }

    [Fact]
    public async Task A_server_that_chooses_none_of_the_dialects_refuses_whether_by_SMB1_or_by_SMB2()
    {
        foreach (var answer in new[] { SmbdAnswers.Refused, SmbdAnswers.Negotiated, With(SmbdAnswers.Negotiated, 8, [0xBB, 0, 0, 0xC0]) })
        {
            await using var server = FakeSmbServer.Answering(NetBios.Frame(answer));

            Assert.Equal(new ServedReply(ServedAnswer.Refused, ""), await new SmbProbe(_clock).AskForSmb1Async(server.Target, Cancelled));
        }
    }

    [Fact]
    public async Task A_server_in_trouble_neither_serves_SMB1_nor_refuses_it()
    {
        foreach (var answer in new[] { With(SmbdAnswers.Served, 5, [0x9A, 0, 0, 0xC0]), With(SmbdAnswers.Negotiated, 8, [0x9A, 0, 0, 0xC0]) })
        {
            await using var server = FakeSmbServer.Answering(NetBios.Frame(answer));

            var served = await new SmbProbe(_clock).AskForSmb1Async(server.Target, Cancelled);

            Assert.Equal(new ServedReply(ServedAnswer.NotAsked, "it answers with STATUS_INSUFFICIENT_RESOURCES", NotAskedReason.Undecided), served);
        }
    }

    [Theory]
    [InlineData(0x00000000, "STATUS_SUCCESS")]
    [InlineData(0xC0000022, "STATUS_ACCESS_DENIED")]
    [InlineData(0xC000006D, "STATUS_LOGON_FAILURE")]
    [InlineData(0xC000005E, "STATUS_NO_LOGON_SERVERS")]
    [InlineData(0xC0000418, "STATUS_NTLM_BLOCKED")]
    public async Task A_log_on_is_answered_whatever_the_authentication_decides(uint status, string name)
    {
        await using var server = LoggingOn(status);

        var reply = await LogOnAsync(server.Target);

        Assert.Equal((LogOnAnswer.Answered, name, null), (reply.Answer, reply.Detail, reply.Reason));
        Assert.Equal(server.Seen, reply.From);
    }

    [Theory]
    [InlineData(0xC000009A, "it answers a log-on with STATUS_INSUFFICIENT_RESOURCES")]
    [InlineData(0xC0000016, "it answers a log-on with STATUS_MORE_PROCESSING_REQUIRED")]
    [InlineData(0xC000000D, "it answers a log-on with STATUS_INVALID_PARAMETER")]
    [InlineData(0xC0001234, "it answers a log-on with status 0xC0001234")]
    public async Task A_log_on_that_fails_before_the_authentication_is_not_answered(uint status, string detail)
    {
        await using var server = LoggingOn(status);

        var reply = await LogOnAsync(server.Target);

        Assert.Equal((LogOnAnswer.NotAsked, detail, NotAskedReason.Undecided), (reply.Answer, reply.Detail, reply.Reason));
    }

    [Fact]
    public async Task A_server_that_lets_nobody_log_on_with_NTLM_says_so_and_one_that_sends_no_challenge_is_none()
    {
        await using var refusing = FakeSmbServer.Answering(NetBios.Frame(SmbdAnswers.Negotiated), NetBios.Frame(With(SmbdAnswers.Challenge, 8, [0x6D, 0, 0, 0xC0])));
        await using var silent = FakeSmbServer.Answering(NetBios.Frame(SmbdAnswers.Negotiated), NetBios.Frame(With(SmbdAnswers.Challenge, 70, [0, 0])));

        var refused = await LogOnAsync(refusing.Target);
        var unchallenged = await LogOnAsync(silent.Target);

        Assert.Equal((NotAskedReason.Undecided, "it lets nobody log on with NTLM (STATUS_LOGON_FAILURE)"), (refused.Reason, refused.Detail));
        Assert.Equal((LogOnAnswer.NotAsked, NotAskedReason.NotSmb), (unchallenged.Answer, unchallenged.Reason));
    }

    [Fact]
    public async Task A_server_of_SMB1_alone_is_logged_on_to_by_SMB1_on_a_second_connection()
    {
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            if ((await FakeSmbServer.TakeMessageAsync(stream, token))[4] == 0xFF)
            {
                await stream.WriteAsync(NetBios.Frame(SmbdAnswers.Served), token);
                await FakeSmbServer.TakeMessageAsync(stream, token);
                await stream.WriteAsync(NetBios.Frame(SmbdAnswers.Smb1Session), token);
            }
        });

        var reply = await LogOnAsync(server.Target);

        Assert.Equal((LogOnAnswer.AnsweredBySmb1, "STATUS_SUCCESS"), (reply.Answer, reply.Detail));
        Assert.Equal(2, reply.From.Count);
        Assert.Equal(server.Seen, reply.From);
    }

    [Fact]
    public async Task A_server_that_agrees_on_nothing_is_not_asked()
    {
        await using var server = FakeSmbServer.Answering(NetBios.Frame(SmbdAnswers.Refused));

        var reply = await LogOnAsync(server.Target);

        Assert.Equal(
            (LogOnAnswer.NotAsked, "it agrees on no version of SMB", NotAskedReason.Undecided), (reply.Answer, reply.Detail, reply.Reason));
    }

    [Fact]
    public async Task Our_end_is_told_before_the_server_can_see_it_and_however_long_that_takes()
    {
        await using var server = LoggingOn(NtStatus.Success);
        using var other = new TcpClient(AddressFamily.InterNetwork);
        var told = new List<IPEndPoint>();

        var reply = await new SmbProbe(_clock).LogOnAsync(
            server.Target,
            async (from, token) =>
            {
                told.Add(from);
                _time.Advance(SmbProbe.Limit * 2);

                // Connections are taken in their order: had ours been made already, it would be the first.
                await other.ConnectAsync(server.Target.EndPoint, token);
                await Eventually.TrueAsync(() => server.Seen.Any(), "the other connection is taken");
            },
            Cancelled);

        Assert.Equal(LogOnAnswer.Answered, reply.Answer);
        Assert.Equal([(IPEndPoint)other.Client.LocalEndPoint!, Assert.Single(told)], server.Seen);
    }

    [Fact]
    public async Task Nobody_is_asked_where_our_end_cannot_be_stored()
    {
        await using var server = LoggingOn(NtStatus.Success);

        await Assert.ThrowsAsync<IOException>(
            () => new SmbProbe(_clock).LogOnAsync(server.Target, (_, _) => throw new IOException("disk full"), Cancelled));

        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task Whoever_cancels_does_not_wait()
    {
        await using var server = FakeSmbServer.Sending([]);
        using var cancel = new CancellationTokenSource();

        var asking = new SmbProbe(_clock).AskForSmb1Async(server.Target, cancel.Token);
        await Eventually.TrueAsync(() => server.Seen.Any(), "it is connected");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Theory]
    [InlineData(new byte[] { 0x83, 0, 0, 1, 0x82 }, "OLDNAS", NotAskedReason.NoSession, "it refuses a session under the name OLDNAS")]
    [InlineData(new byte[] { 0x84, 0, 0, 6, 127, 0, 0, 1, 0, 139 }, "OLDNAS", NotAskedReason.NotSmb, "it does not answer as an SMB server")]
    [InlineData(new byte[] { 0x82, 0, 0, 0 }, "BÜRO", NotAskedReason.NoSession, "it cannot be called BÜRO, which is not ASCII")]
    internal async Task A_server_is_not_asked_under_a_name_that_it_does_not_take(byte[] answer, string name, NotAskedReason reason, string detail)
    {
        await using var server = FakeSmbServer.Sending(answer);

        var (served, reply) = await AskAsync(server.Target with { CalledName = name });

        AssertNotAsked(reason, detail, served, reply);
    }

    [Fact]
    public async Task A_server_that_denies_our_address_says_nothing_of_SMB1()
    {
        await using var server = FakeSmbServer.Sending([0x83, 0, 0, 1, 0x81]);

        var (served, reply) = await AskAsync(server.Target);

        AssertNotAsked(NotAskedReason.NoSession, "it refuses a session", served, reply);
    }

    [Fact]
    public async Task Whatever_bytes_come_nothing_is_known_and_nothing_fails()
    {
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        await using var server = new FakeSmbServer(async (stream, token) =>
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);

            // Half of them look like a message of SMB as far as its name.
            byte[] start = random.Next(2) == 0 ? [] : [0, 0, 0, (byte)random.Next(256), (byte)random.Next(0xFE, 0x100), .. "SMB"u8];
            await FakeSmbServer.TakeMessageAsync(stream, token);
            await stream.WriteAsync((byte[])[.. start, .. bytes], token);
        });

        for (var i = 0; i < 300; i++)
        {
            var (served, reply) = await AskAsync(server.Target);

            Assert.Equal((ServedAnswer.NotAsked, LogOnAnswer.NotAsked), (served.Answer, reply.Answer));
        }
    }

    private static FakeSmbServer LoggingOn(uint status) => FakeSmbServer.Answering(
        NetBios.Frame(SmbdAnswers.Negotiated),
        NetBios.Frame(SmbdAnswers.Challenge),
        NetBios.Frame(With(SmbdAnswers.Session, 8, BitConverter.GetBytes(status))));

    private static byte[] With(byte[] message, int offset, params byte[] bytes)
    {
        var changed = message.ToArray();
        bytes.CopyTo(changed, offset);
        return changed;
    }

    private static void AssertNotAsked(NotAskedReason reason, string detail, ServedReply served, LogOnReply reply)
    {
        Assert.Equal(new ServedReply(ServedAnswer.NotAsked, detail, reason), served);
        Assert.Equal((LogOnAnswer.NotAsked, detail, reason), (reply.Answer, reply.Detail, reply.Reason));
    }

    private async Task<(ServedReply Served, LogOnReply Reply)> AskAsync(ProbeTarget target) =>
        (await new SmbProbe(_clock).AskForSmb1Async(target, Cancelled), await LogOnAsync(target));

    private Task<LogOnReply> LogOnAsync(ProbeTarget target) => new SmbProbe(_clock).LogOnAsync(target, (_, _) => Task.CompletedTask, Cancelled);

    /// <summary>Lets the time pass that a connection may take, once it is waited for and not before.</summary>
    private async Task PassLimitAsync(Task asking)
    {
        await _clock.SleepingAsync(SmbProbe.Limit);
        _time.Advance(SmbProbe.Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
