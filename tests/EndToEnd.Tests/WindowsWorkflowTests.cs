using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Smb1Exporter.TestSupport;
using YamlDotNet.Serialization;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>What can be tried here of the job that runs on Windows.</summary>
public sealed partial class WindowsWorkflowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_connection_of_the_Windows_job_is_understood_as_SMB1_by_a_real_server()
    {
        Assert.SkipUnless(SambaServer.IsAvailable, "smbd needs root and the Debian packages samba and smbclient");
        var cancellation = TestContext.Current.CancellationToken;
        await using var samba = await SambaServer.StartAsync(_folder.Path, new SambaServerOptions(), cancellation);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, samba.Port, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(NegotiateOfScript(), cancellation);

        var header = new byte[4];
        await stream.ReadExactlyAsync(header, cancellation);
        var answer = new byte[(header[2] << 8) | header[3]];
        await stream.ReadExactlyAsync(answer, cancellation);

        Assert.Equal<byte>([0xff, (byte)'S', (byte)'M', (byte)'B', 0x72], answer[..5]);
        Assert.Equal([0, 0, 0, 0], answer[5..9]);

        // 17 words: NT LM 0.12, and the dialect chosen is the first that was offered.
        Assert.Equal(17, answer[32]);
        Assert.Equal(0, BitConverter.ToUInt16(answer, 33));
    }

    [Fact]
    public void Every_command_of_the_workflow_names_a_file_that_is_there()
    {
        var yaml = new DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(Repository.Read(".github", "workflows", "ci.yml"));
        var jobs = Assert.IsType<Dictionary<object, object>>(yaml["jobs"]).Values.Cast<Dictionary<object, object>>();
        var commands = jobs.SelectMany(job => Assert.IsType<List<object>>(job["steps"])).Cast<Dictionary<object, object>>()
            .Select(step => step.GetValueOrDefault("run")?.ToString()).OfType<string>().ToList();
        Assert.Contains("bash tests/run.sh", commands);

        // What is published lies in "out"; all else lies where it is named.
        var scripts = commands.SelectMany(command => Script().Matches(command)).Select(match => match.Value.Replace('\\', '/')).ToList();
        Assert.Equal(3, scripts.Count);
        Assert.All(scripts, script => Assert.True(File.Exists(Repository.PathOf(
            script.Replace("./out/", "src/Smb1Exporter/Installation/", StringComparison.Ordinal))), script));
    }

    private static byte[] NegotiateOfScript()
    {
        var array = Regex.Match(Repository.Read("tests", "Windows", "one-connection.ps1"), @"\$Negotiate = \[byte\[\]\]\((?<bytes>.*?)\) #", RegexOptions.Singleline);
        return [.. Byte().Matches(array.Groups["bytes"].Value)
            .Select(match => byte.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
    }

    [GeneratedRegex(@"\b0x([0-9a-f]{2})\b")]
    private static partial Regex Byte();

    [GeneratedRegex(@"\.\\\S+\.ps1")]
    private static partial Regex Script();
}
