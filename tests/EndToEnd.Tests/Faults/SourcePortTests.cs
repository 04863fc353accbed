using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Faults;

/// <summary>A client whose connections all come from one source port, as those of controllers with a simple network stack do.</summary>
public sealed class SourcePortTests
{
    private const string Client = "127.0.8.1";
    private const string Marker = "127.0.8.2";

    [FieldFact("Devices and NAT gateways that use one source port again and again: three connections within ten minutes counted as one")]
    public Task Three_connections_from_one_source_port_are_three_attempts() => ThenCountsEachConnectionAsync(connections: 3);

    [FieldFact("A connection with one session leaves an Authentication and an Authorization")]
    public Task A_connection_with_one_session_is_one_attempt() => ThenCountsEachConnectionAsync(connections: 1);

    private static async Task ThenCountsEachConnectionAsync(int connections)
    {
        await using var site = new Site();
        var samba = await site.SambaAsync(new SambaServerOptions { LogLevel = SambaServerOptions.Audited });
        var exporter = await site.ExporterForSambaAsync(samba);
        await exporter.WhenAuditingAsync();

        var port = FreePorts.Next();
        for (var connection = 0; connection < connections; connection++)
        {
            await ConnectAsync(samba, port);
        }

        await exporter.ThenCountsAsync(Client, connections);

        // What comes last is counted last: then all that will ever be counted is.
        await RawSmbConnection.SetUpSmb1SessionAsync(samba, Marker);
        var end = await exporter.ThenCountsAsync(Marker, 1);
        Assert.Equal(connections, end.AttemptsByClient()[Client]);
    }

    private static async Task ConnectAsync(SambaServer samba, int sourcePort)
    {
        using var connection = await RawSmbConnection.ConnectAsync(samba, Client, sourcePort);
        await connection.NegotiateSmb1Async();
        var answer = await connection.AskAsync(Smb1Packets.SessionSetUp(account: ""));
        if (Smb1Packets.StatusOf(answer) is var status and not 0)
        {
            throw new InvalidOperationException($"smbd refused the anonymous session: 0x{status:x8}");
        }

        connection.Reset();
    }
}
