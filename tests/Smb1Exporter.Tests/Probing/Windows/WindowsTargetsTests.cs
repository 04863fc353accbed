using System.Net;
using Smb1Exporter.Auditing.Windows;
using Smb1Exporter.Probing;
using Smb1Exporter.Probing.Windows;

namespace Smb1Exporter.Tests.Probing.Windows;

public class WindowsTargetsTests
{
    [Fact]
    public void The_machine_itself_is_asked_from_an_address_of_ours_alone()
    {
        var target = WindowsTargets.NewTarget();

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 445), target.EndPoint);
        Assert.False(target.NeedsSession);
        Assert.True(OwnSource.Is(target.Source!));
    }

    [Fact]
    public async Task A_server_sees_the_address_from_which_it_is_to_be_asked()
    {
        await using var server = FakeSmbServer.Answering();
        var source = OwnSource.New();

        await new SmbProbe(TimeProvider.System).AskForSmb1Async(server.Target with { Source = source }, TestContext.Current.CancellationToken);

        Assert.Equal(source, Assert.Single(server.Seen).Address);
    }

    [Fact]
    public async Task An_address_that_this_machine_does_not_have_cannot_be_asked_from()
    {
        await using var server = FakeSmbServer.Answering();

        var reply = await new SmbProbe(TimeProvider.System).AskForSmb1Async(
            server.Target with { Source = IPAddress.Parse("192.0.2.7") }, TestContext.Current.CancellationToken);

        Assert.Equal((ServedAnswer.NotAsked, NotAskedReason.NotConnected), (reply.Answer, reply.Reason));
    }
}
