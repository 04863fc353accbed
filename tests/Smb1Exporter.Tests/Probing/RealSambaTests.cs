using System.Net;
using System.Net.Sockets;
using System.Text;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>What real smbds answer, whatever their configuration is, and what they have recorded when the answer is there.</summary>
public sealed class RealSambaTests
{
    private const string Success = "STATUS_SUCCESS";
    private const string Denied = "STATUS_ACCESS_DENIED";
    private const string Nt1 = "NT LM 0.12";
    private const string Refused = "";

    /// <param name="minProtocol">"server min protocol"; null for no such line.</param>
    /// <param name="setting">One more line, or one more option of smbd.</param>
    /// <param name="dialect">What it chooses where SMB1 alone is offered; "" where it refuses.</param>
    /// <param name="status">How it answers the log-on.</param>
    /// <param name="bySmb1">Whether the log-on needs SMB1.</param>
    [Theory]
    [InlineData("NT1", null, Nt1, Success)]
    [InlineData("CORE", null, Nt1, Success)]
    [InlineData("LANMAN1", "server max protocol = LANMAN2", "LANMAN2.1", Success, true)]
    [InlineData("NT1", "server max protocol = NT1", Nt1, Success, true)]
    [InlineData(null, null, Refused, Success)]
    [InlineData("SMB2_02", "ntlm auth = disabled", Refused, Success)]
    [InlineData("SMB3_11", "server signing = mandatory", Refused, Success)]
    [InlineData(null, "--option=server min protocol=NT1", Nt1, Success)]
    [InlineData("NT1", "--option=server min protocol=SMB2_02", Refused, Success)]
    [InlineData("NT1", "restrict anonymous = 2", Nt1, Success)]
    [InlineData("NT1", "smb encrypt = required", Nt1, Denied)]
    [InlineData("LANMAN1", "map to guest = Never", Nt1, Success)]
    public async Task It_is_asked_for_SMB1_without_a_record_and_a_log_on_is_recorded_before_its_answer(
        string? minProtocol, string? setting, string dialect, string status, bool bySmb1 = false)
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        var isOption = setting?.StartsWith("--", StringComparison.Ordinal) == true;
        await samba.StartAsync(minProtocol, setting is null || isOption ? [] : [setting], isOption ? [setting!] : []);

        var served = await samba.AskForSmb1Async();
        var (reply, records) = await samba.LogOnAsync();

        Assert.Equal(new ServedReply(dialect.Length > 0 ? ServedAnswer.Served : ServedAnswer.Refused, dialect), served);
        Assert.Equal((bySmb1 ? LogOnAnswer.AnsweredBySmb1 : LogOnAnswer.Answered, status), (reply.Answer, reply.Detail));
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.Equal((bySmb1, reply.From[^1].ToString()), (record.IsSmb1, record.RemoteAddress["ipv4:".Length..])));

        // Whatever else it would have written is there once its processes are gone.
        await samba.Server.StopAsync();
        Assert.Equal(records, samba.ReadRecords());
        Assert.Equal(bySmb1 ? records.Count : 0, samba.ReadAttempts().Count);
        Assert.All(samba.ReadAttempts(), attempt => Assert.Equal(("127.0.0.1", records[0].RemoteAddress), (attempt.Client, attempt.Connection)));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(5, 2)]
    public async Task A_log_on_leaves_as_many_records_as_the_session_of_a_client_does(int level, int count)
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        await samba.StartAsync(new SambaServerOptions { LogLevel = $"1 auth_json_audit:{level}@{{AuditLog}}" });

        var (reply, records) = await samba.LogOnAsync();
        await samba.Server.ConnectSmb1Async(TestContext.Current.CancellationToken);

        Assert.Equal(LogOnAnswer.Answered, reply.Answer);
        Assert.Equal(count, records.Count);
        Assert.Equal(count, samba.ReadRecords().Count(record => record.IsSmb1));
    }

    [Fact]
    public async Task Both_records_of_a_log_on_name_who_it_is_unless_Samba_cannot_write_down_the_name()
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        await samba.StartAsync("SMB2_02", ["unix charset = ISO-8859-1"]);

        var (_, ours) = await samba.LogOnAsync();
        var (reply, umlaut) = await samba.LogOnAsync(workstation: "SMB1-ÜBERWACHER");

        Assert.Equal([(SmbProbe.Workstation, false), (null, true)], ours.Select(record => (record.Workstation, record.IsAuthorization)));
        Assert.Equal((LogOnAnswer.Answered, Success), (reply.Answer, reply.Detail));
        Assert.True(Assert.Single(umlaut).IsAuthorization);
    }

    [Fact]
    public async Task A_name_beyond_ASCII_is_recorded_where_Samba_writes_UTF_8()
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        await samba.StartAsync("SMB2_02", []);

        var (_, records) = await samba.LogOnAsync(workstation: "SMB1-ÜBERWACHER");

        Assert.Equal(["SMB1-ÜBERWACHER", null], records.Select(record => record.Workstation));
    }

    [Fact]
    public async Task It_answers_by_IPv6_too()
    {
        AuditedSamba.SkipWithoutSamba();
        Assert.SkipUnless(Socket.OSSupportsIPv6, "needs IPv6");
        await using var samba = new AuditedSamba();
        await samba.StartAsync("NT1", ["interfaces = 127.0.0.1/8 ::1/128"]);
        var target = new ProbeTarget(new IPEndPoint(IPAddress.IPv6Loopback, samba.Server.Port));

        var served = await samba.AskForSmb1Async(target);
        var (reply, records) = await samba.LogOnAsync(target);

        Assert.Equal(new ServedReply(ServedAnswer.Served, Nt1), served);
        Assert.Equal(LogOnAnswer.Answered, reply.Answer);
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public async Task A_server_that_serves_SMB1_under_one_of_its_names_alone_says_so_when_it_is_called_by_it()
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        var include = Path.Combine(samba.Folder, "oldnas.conf");
        await File.WriteAllTextAsync(include, "server min protocol = NT1\n", TestContext.Current.CancellationToken);
        await samba.StartAsync("SMB2_02", ["netbios aliases = OLDNAS", $"include = {samba.Folder}/%L.conf"]);

        var byAnyName = await samba.AskForSmb1Async();
        var byOther = await samba.AskForSmb1Async(samba.Target with { CalledName = "NEWNAS" });
        var byAlias = await samba.AskForSmb1Async(samba.Target with { CalledName = "oldnas" });
        var (reply, records) = await samba.LogOnAsync(samba.Target with { CalledName = "oldnas" });

        Assert.Equal([ServedAnswer.Refused, ServedAnswer.Refused, ServedAnswer.Served], [byAnyName.Answer, byOther.Answer, byAlias.Answer]);
        Assert.Equal(LogOnAnswer.Answered, reply.Answer);
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public async Task On_port_139_a_session_is_requested_first()
    {
        AuditedSamba.SkipWithoutSamba();
        Assert.SkipUnless(FreePorts.IsFree(139), "another server listens on port 139");
        await using var samba = new AuditedSamba();
        await samba.StartAsync(new SambaServerOptions { Configuration = ConfigurationWithPort139 });
        var target = new ProbeTarget(new IPEndPoint(IPAddress.Loopback, 139));

        var served = await samba.AskForSmb1Async(target);
        var (reply, records) = await samba.LogOnAsync(target);

        Assert.Equal(new ServedReply(ServedAnswer.Served, Nt1), served);
        Assert.Equal(LogOnAnswer.Answered, reply.Answer);
        Assert.Equal(2, records.Count);
    }

    [Theory]
    [InlineData("hosts deny = 127.")]
    [InlineData("max smbd processes = 1")]
    public async Task A_server_that_takes_no_connection_of_ours_says_nothing_of_SMB1(string setting)
    {
        AuditedSamba.SkipWithoutSamba();
        await using var samba = new AuditedSamba();
        await samba.StartAsync("NT1", [setting]);
        using var other = new TcpClient();
        await other.ConnectAsync(samba.Target.EndPoint, TestContext.Current.CancellationToken);

        var served = await samba.AskForSmb1Async();
        var (reply, records) = await samba.LogOnAsync();

        Assert.Equal((ServedAnswer.NotAsked, LogOnAnswer.NotAsked), (served.Answer, reply.Answer));

        // Whether what it says gets through before it hangs up is a matter of luck.
        Assert.All([served.Reason, reply.Reason], reason => Assert.True(reason is NotAskedReason.Closed or NotAskedReason.NoSession, $"{reason}"));
        Assert.Empty(records);
    }

    private static byte[] ConfigurationWithPort139(string folder, IReadOnlyList<string> linesThatKeepItApart) => Encoding.UTF8.GetBytes(string.Join(
        '\n',
        [
            "[global]",
            .. linesThatKeepItApart.Select(line => line.StartsWith("smb ports", StringComparison.Ordinal) ? $"{line} 139" : line),
            "server min protocol = NT1",
            $"log level = 1 auth_json_audit:5@{folder}/auth_audit.log",
            "",
        ]));
}
