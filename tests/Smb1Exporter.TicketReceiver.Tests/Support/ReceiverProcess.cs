using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>The built program as a process of its own.</summary>
internal static class ReceiverProcess
{
    public static ChildProcess Start(params IEnumerable<string> arguments)
    {
        var name = OperatingSystem.IsWindows() ? "smb1-ticket-receiver.exe" : "smb1-ticket-receiver";
        return ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, name), arguments);
    }

    public static async Task ListeningAsync(this ChildProcess receiver)
    {
        await Eventually.TrueAsync(
            () => receiver.HasExited || receiver.Output.Contains("Listening on", StringComparison.Ordinal), "the receiver listens");
        Assert.False(receiver.HasExited, receiver.Output);
    }
}
