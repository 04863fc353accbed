using System.Net;
using System.Net.NetworkInformation;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Where the exporter listens.</summary>
public sealed class ListenAddressTests
{
    [FieldFact("KestrelHttpServer#264, aspnet/Announcements#80: a name that is not \"localhost\" stands for every interface")]
    public async Task Told_to_listen_by_the_hosts_name_it_listens_on_no_other_address()
    {
        var name = Dns.GetHostName();
        Assert.SkipWhen(name == "localhost", "the machine has no name of its own");
        await using var site = new Site();
        var port = FreePorts.Next();

        var exporter = site.Own(ChildProcess.Start(
            Programs.Exporter(Programs.PreferredBuild),
            [.. ExporterArguments.ForLog(site.Folder, site["audit.log"]), "--urls", $"http://{name}:{port}"]));
        var listening = await Eventually.GetAsync(
            () => Task.FromResult(ListenersOn(port)), found => found.Count > 0 || exporter.HasExited, "it listens, or refuses to");

        // To refuse is as good: nobody believes in a restriction that is none.
        if (listening.Count == 0)
        {
            Assert.Contains("Cannot listen", exporter.Output, StringComparison.Ordinal);
            return;
        }

        var addresses = await AddressesOfAsync(name);
        Assert.True(
            listening.All(addresses.Contains), $"{name} is {string.Join(", ", addresses)}; it listens on {string.Join(", ", listening)}");
    }

    /// <summary>As the machine's other programs look it up: .NET adds the addresses of all interfaces to those of the host's own name.</summary>
    private static async Task<IReadOnlyCollection<IPAddress>> AddressesOfAsync(string name)
    {
        await using var getent = await ChildProcess.RunAsync("getent", ["ahosts", name]);
        return [.. getent.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => IPAddress.Parse(line.Split(' ')[0])).Distinct()];
    }

    private static IReadOnlyList<IPAddress> ListenersOn(int port) =>
    [
        .. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => listener.Port == port)
            .Select(listener => listener.Address),
    ];
}
