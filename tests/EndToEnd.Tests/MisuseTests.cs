using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>A start that cannot succeed says why and what to do in one message, ends with a code that is not 0, and overwrites nothing.</summary>
public sealed class MisuseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ProgramUnderTest.Exporter, "Exporter:BirthHolt", "00:01:00")]
    [InlineData(ProgramUnderTest.Exporter, "Exporter:BirthHold", "soon")]
    [InlineData(ProgramUnderTest.Exporter, "Exporter:Samba:AuditLogs", "/tmp/x")]
    [InlineData(ProgramUnderTest.Exporter, "Exporter:ExcludedClients", "10.0.0.0/33")]
    [InlineData(ProgramUnderTest.Receiver, "Receiver:Databse", "/tmp/x")]
    [InlineData(ProgramUnderTest.Receiver, "Receiver:Repeat", "Sometimes")]
    public async Task An_unknown_setting_or_value_is_named(ProgramUnderTest program, string key, string value)
    {
        await using var started = Start(program, [.. program.ValidArguments(_folder["store.db"], _folder.Path), $"--{key}={value}"]);

        await AssertRefusedAsync(program, started, key);
    }

    [Theory]
    [InlineData(ProgramUnderTest.Exporter)]
    [InlineData(ProgramUnderTest.Receiver)]
    public async Task A_port_in_use_is_named_with_the_way_to_another(ProgramUnderTest program)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var started = ChildProcess.Start(
            program.FilePath(), [.. program.ValidArguments(_folder["store.db"], _folder.Path), "--urls", $"http://127.0.0.1:{port}"]);

        await AssertRefusedAsync(program, started, $"{port}", "urls");
    }

    [Theory]
    [InlineData(ProgramUnderTest.Exporter)]
    [InlineData(ProgramUnderTest.Receiver)]
    public async Task A_folder_that_cannot_be_written_is_named(ProgramUnderTest program)
    {
        var store = Path.Combine(Directory.CreateDirectory(_folder["readonly"]).FullName, "store.db");
        var arguments = program.ValidArguments(store, _folder.Path);
        File.SetUnixFileMode(_folder["readonly"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var started = program.StartBoundByFileModes([.. arguments, "--urls", $"http://127.0.0.1:{FreePorts.Next()}"]);

        await AssertRefusedAsync(program, started, store, program.StoreSetting());
        Assert.Empty(Directory.GetFileSystemEntries(_folder["readonly"]));
    }

    [Theory]
    [InlineData(ProgramUnderTest.Exporter)]
    [InlineData(ProgramUnderTest.Receiver)]
    public async Task A_store_of_a_newer_version_is_left_as_it_is(ProgramUnderTest program)
    {
        var store = _folder["store.db"];
        await RunForAMomentAsync(program, store);
        await SetVersionAsync(store, 9999);
        var before = Hash(store);
        await using var started = Start(program, program.ValidArguments(store, _folder.Path));

        await AssertRefusedAsync(program, started, store, "version", program.StoreSetting());
        Assert.Equal(before, Hash(store));
    }

    [Theory]
    [InlineData(ProgramUnderTest.Exporter)]
    [InlineData(ProgramUnderTest.Receiver)]
    public async Task A_store_of_garbage_is_left_as_it_is(ProgramUnderTest program)
    {
        var store = _folder["store.db"];
        await File.WriteAllBytesAsync(store, Garbage(20_000), TestContext.Current.CancellationToken);
        var before = Hash(store);
        await using var started = Start(program, program.ValidArguments(store, _folder.Path));

        await AssertRefusedAsync(program, started, store, program.StoreSetting());
        Assert.Equal(before, Hash(store));
    }

    [Fact]
    public async Task A_damaged_state_file_is_set_aside_and_counts_as_a_gap()
    {
        var store = _folder["store.db"];
        await RunForAMomentAsync(ProgramUnderTest.Exporter, store);
        await DamageAsync(store);
        var damaged = Hash(store);
        var length = new FileInfo(store).Length;

        await using var exporter = await ExporterProcess.StartAsync(
            Programs.PreferredBuild, ProgramUnderTest.Exporter.ValidArguments(store, _folder.Path));

        await exporter.WhenAsync(scrape => scrape.ValueOf("smb1_audit_gaps_total") == 1, "the gap is shown");
        var kept = Assert.Single(
            Directory.GetFiles(_folder.Path), file => file != store && new FileInfo(file).Length == length && Hash(file) == damaged);
        Assert.Contains(kept, exporter.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audit_log_that_may_not_be_read_is_named()
    {
        var arguments = ProgramUnderTest.Exporter.ValidArguments(_folder["store.db"], _folder.Path);
        File.SetUnixFileMode(_folder["audit.log"], UnixFileMode.None);
        await using var started = ProgramUnderTest.Exporter.StartBoundByFileModes([.. arguments, "--urls", $"http://127.0.0.1:{FreePorts.Next()}"]);

        await AssertRefusedAsync(ProgramUnderTest.Exporter, started, _folder["audit.log"]);
    }

    [Fact]
    public async Task Without_a_token_the_receiver_listens_on_loopback_only()
    {
        await using var started = ChildProcess.Start(
            Programs.Receiver, [$"--Receiver:Database={_folder["store.db"]}", "--urls", $"http://0.0.0.0:{FreePorts.Next()}"]);

        await AssertRefusedAsync(ProgramUnderTest.Receiver, started, "Receiver:TokenFile");
    }

    private static ChildProcess Start(ProgramUnderTest program, IReadOnlyList<string> arguments) =>
        ChildProcess.Start(program.FilePath(), [.. arguments, "--urls", $"http://127.0.0.1:{FreePorts.Next()}"]);

    private async Task RunForAMomentAsync(ProgramUnderTest program, string store)
    {
        await using var started = await program.StartServingAsync(program.ValidArguments(store, _folder.Path), FreePorts.Next());
        started.Terminate();
        await started.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Bytes 60 to 63 of a SQLite file are its user_version, see https://www.sqlite.org/fileformat.html.</summary>
    private static async Task SetVersionAsync(string store, int version)
    {
        await using var file = new FileStream(store, FileMode.Open, FileAccess.Write);
        file.Position = 60;
        await file.WriteAsync(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(version)));
    }

    /// <summary>Leaves the first 100 bytes, the header of a SQLite file, and fills the rest with garbage, as a failing disk may.</summary>
    private static async Task DamageAsync(string store)
    {
        await using var file = new FileStream(store, FileMode.Open, FileAccess.Write);
        file.Position = 100;
        await file.WriteAsync(Garbage((int)file.Length - 100));
    }

    private static byte[] Garbage(int length)
    {
        var bytes = new byte[length];
        new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine)).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    private static async Task AssertRefusedAsync(ProgramUnderTest program, ChildProcess started, params string[] named)
    {
        var code = await started.WaitForExitAsync(TimeSpan.FromSeconds(20));
        Assert.NotEqual(0, code);
        Assert.StartsWith($"{program.Name()}: ", started.StandardError, StringComparison.Ordinal);
        Assert.All(named, name => Assert.Contains(name, started.StandardError, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", started.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", started.Output, StringComparison.Ordinal);
    }
}
