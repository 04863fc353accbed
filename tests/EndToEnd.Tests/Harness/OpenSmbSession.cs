using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>A session that stays open, as that of a machine which keeps its share mounted: a real smbclient that waits for commands.</summary>
internal sealed class OpenSmbSession : IAsyncDisposable
{
    private readonly SambaServer _samba;
    private readonly string _protocol;
    private readonly ChildProcess _client;

    private OpenSmbSession(SambaServer samba, string protocol, ChildProcess client)
    {
        _samba = samba;
        _protocol = protocol;
        _client = client;
    }

    /// <summary>Returns once smbd lists the session. The share must be writable for <see cref="WriteFileAsync"/>.</summary>
    /// <param name="protocol">NT1 for SMB1, or SMB2.</param>
    public static async Task<OpenSmbSession> StartAsync(SambaServer samba, string protocol = "NT1")
    {
        var session = new OpenSmbSession(samba, protocol, ChildProcess.Start(
            "smbclient",
            ["//127.0.0.1/share", "-p", $"{samba.Port}", "-U%", "-m", protocol, "--option=client min protocol=NT1"],
            inputStaysOpen: true));
        try
        {
            await Eventually.GetAsync(session.IsListedAsync, listed => listed, "smbd lists the session");
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a file to the share through the session: it is in use at this moment.</summary>
    public async Task WriteFileAsync()
    {
        var name = $"{Guid.NewGuid():N}.txt";
        _client.Enter($"put {_samba.ConfigFile} {name}");
        await Eventually.TrueAsync(() => File.Exists(Path.Combine(_samba.Folder, "share", name)), $"{name} is in the share");
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    private async Task<bool> IsListedAsync()
    {
        if (_client.HasExited)
        {
            throw new InvalidOperationException($"smbclient ended: {_client.Output}");
        }

        await using var status = await ChildProcess.RunAsync("smbstatus", [$"--configfile={_samba.ConfigFile}", "--processes"]);
        return status.StandardOutput.Contains(_protocol, StringComparison.Ordinal);
    }
}
