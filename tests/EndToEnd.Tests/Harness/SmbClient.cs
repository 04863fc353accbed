using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

internal static class SmbClient
{
    /// <summary>What the client calls itself.</summary>
    public const string Name = "SCANNER01";

    /// <summary>One real connection with smbclient.</summary>
    /// <param name="protocol">NT1 for SMB1, or SMB2.</param>
    /// <param name="sourceAddress">Where it seems to come from: any address of 127.0.0.0/8.</param>
    /// <exception cref="InvalidOperationException">smbclient failed: the test is not prepared, which is no known fault of the product.</exception>
    public static async Task ConnectAsync(SambaServer samba, string protocol, string sourceAddress = "127.0.0.1")
    {
        await using var relay = new Relay(sourceAddress, samba.Port);
        await using var client = await ChildProcess.RunAsync(
            "smbclient",
            [
                "//127.0.0.1/share", $"--configfile={samba.ConfigFile}", "-p", $"{relay.Port}", "-U%",
                "-m", protocol, $"--netbiosname={Name}", "--option=client min protocol=NT1", "-c", "ls",
            ]);
        if (client.ExitCode != 0)
        {
            throw new InvalidOperationException($"smbclient failed: {client.Output}");
        }
    }
}
