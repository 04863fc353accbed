using System.Net;
using System.Text;
using Smb1Exporter.Auditing;
using Smb1Exporter.Auditing.Samba.Following;
using Smb1Exporter.Probing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing;

/// <summary>A real smbd of a test's own that records each session, and what it has recorded.</summary>
internal sealed class AuditedSamba : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private SambaServer? _server;

    /// <summary>Asks it.</summary>
    public SmbProbe Probe { get; } = new(TimeProvider.System);

    public string Folder => _folder.Path;

    public SambaServer Server => _server ?? throw new InvalidOperationException("it was not started");

    public ProbeTarget Target => new(new IPEndPoint(IPAddress.Loopback, Server.Port));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static void SkipWithoutSamba() => Assert.SkipUnless(SambaServer.IsAvailable, "needs root and Debian's samba and smbclient");

    /// <param name="minProtocol">"server min protocol"; null for no such line.</param>
    /// <param name="lines">Further lines of [global].</param>
    /// <param name="arguments">Further options of smbd itself.</param>
    public Task StartAsync(string? minProtocol, IReadOnlyList<string> lines, params IReadOnlyList<string> arguments) => StartAsync(
        new SambaServerOptions { MinProtocol = minProtocol, LogLevel = SambaServerOptions.Audited, GlobalLines = lines, Arguments = arguments });

    public async Task StartAsync(SambaServerOptions options) => _server = await SambaServer.StartAsync(Folder, options, Cancelled);

    public Task<ServedReply> AskForSmb1Async(ProbeTarget? target = null) => Probe.AskForSmb1Async(target ?? Target, Cancelled);

    /// <summary>Logs on, and reads what is recorded of it the moment that the answer is there.</summary>
    public async Task<(LogOnReply Reply, IReadOnlyList<Recorded> Records)> LogOnAsync(ProbeTarget? target = null, string workstation = SmbProbe.Workstation)
    {
        var told = new List<IPEndPoint>();
        var reply = await Probe.LogOnAsync(target ?? Target, NoteAsync, Cancelled, workstation);
        var records = ReadRecords();
        Assert.Equal(told, reply.From);
        return (reply, [.. records.Where(record => reply.From.Any(record.IsFrom))]);

        Task NoteAsync(IPEndPoint from, CancellationToken token)
        {
            told.Add(from);
            return Task.CompletedTask;
        }
    }

    /// <summary>All records so far, each of which the reader of the product must understand.</summary>
    public IReadOnlyList<Recorded> ReadRecords()
    {
        var text = File.Exists(Server.AuditLog) ? File.ReadAllBytes(Server.AuditLog) : [];
        var records = new List<Recorded>();
        foreach (var range in ((ReadOnlySpan<byte>)text).Split((byte)'\n'))
        {
            var line = text[range];
            if (line.AsSpan().IndexOf((byte)'{') is var start and >= 0)
            {
                var record = RecordObject.Read(line.AsSpan(start));
                Assert.True(record is { IsWhole: true, Damage: null, IsSmb1: not null }, Encoding.UTF8.GetString(line));
                records.Add(new Recorded(record.RemoteAddress!, record.IsSmb1.Value, record.SessionId is not null, record.Workstation));
            }
        }

        return records;
    }

    /// <summary>The attempts that the product would count.</summary>
    public IReadOnlyList<AuditRecord> ReadAttempts()
    {
        var batch = new LogBatch(1000, long.MaxValue, new OwnConnections(TimeProvider.System));
        var text = File.ReadAllBytes(Server.AuditLog);
        Assert.Equal(text.Length, new RecordReader(Server.AuditLog, batch).Read(text, 0, default));
        Assert.Empty(batch.Errors);
        return batch.Records;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>What a record of the audit says.</summary>
internal sealed record Recorded(string RemoteAddress, bool IsSmb1, bool IsAuthorization, string? Workstation)
{
    /// <summary>Whether it names this address and port, in Samba's form.</summary>
    public bool IsFrom(IPEndPoint end) => RemoteAddress == $"ipv{(end.Address.GetAddressBytes().Length == 4 ? 4 : 6)}:{end.Address}:{end.Port}";
}
