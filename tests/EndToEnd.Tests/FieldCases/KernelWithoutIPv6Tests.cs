using System.Net;
using System.Net.NetworkInformation;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Servers whose administrators switched IPv6 off in the kernel.</summary>
public sealed class KernelWithoutIPv6Tests
{
    [FieldFact("slskd#1619, KestrelHttpServer#1474: ipv6.disable=1")]
    public Task The_exporter_answers_over_IPv4_on_its_default_address() => AnswersAsync(ProgramUnderTest.Exporter);

    [FieldFact("slskd#1619, KestrelHttpServer#1474: ipv6.disable=1")]
    public Task The_receiver_answers_over_IPv4_on_every_address() => AnswersAsync(ProgramUnderTest.Receiver);

    private static async Task AnswersAsync(ProgramUnderTest program)
    {
        await using var site = new Site();
        var kernel = await KernelWithoutIPv6.EnvironmentAsync(site.Folder);
        var port = FreePorts.Next();
        var started = site.Own(ChildProcess.Start(
            program.FilePath(),
            [.. program.ValidArguments(site["store.db"], site.Folder), .. TokenOf(program, site), "--urls", $"http://*:{port}"],
            kernel));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        await Then.SoonAsync(
            async () => started.HasExited || await IsHealthyAsync(http), done => done, $"{program.Name()} answers", _ => started.Output);

        Assert.False(started.HasExited, started.Output);
        Assert.Equal([IPAddress.Any], ListenersOn(port));
    }

    /// <summary>Reachable from elsewhere, the receiver asks for a token.</summary>
    private static IEnumerable<string> TokenOf(ProgramUnderTest program, Site site)
    {
        if (program == ProgramUnderTest.Exporter)
        {
            return [];
        }

        File.WriteAllText(site["token"], Guid.NewGuid().ToString("N"));
        File.SetUnixFileMode(site["token"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return [$"--Receiver:TokenFile={site["token"]}"];
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http)
    {
        try
        {
            using var response = await http.GetAsync("/-/healthy");
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static IEnumerable<IPAddress> ListenersOn(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(listener => listener.Port == port)
            .Select(listener => listener.Address);
}
