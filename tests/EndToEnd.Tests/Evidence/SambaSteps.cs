using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Evidence;

/// <summary>What an administrator, or a tool of theirs, does to a server.</summary>
internal static class SambaSteps
{
    /// <summary>Changes a line of smb.conf; a running smbd does not know yet.</summary>
    public static async Task EditConfigurationAsync(this SambaServer samba, string before, string after)
    {
        var text = await File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken);
        if (!text.Contains(before, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"smb.conf does not say \"{before}\": {text}");
        }

        await File.WriteAllTextAsync(samba.ConfigFile, text.Replace(before, after, StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    /// <summary>Changes a line of smb.conf, and has smbd read it.</summary>
    public static async Task ChangeConfigurationAsync(this SambaServer samba, string before, string after)
    {
        await samba.EditConfigurationAsync(before, after);
        await samba.ReloadAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends smbd a message with smbcontrol, and returns once it has acted on it.</summary>
    public static async Task TellAsync(this SambaServer samba, params IReadOnlyList<string> message)
    {
        // It answers messages in their order.
        foreach (var arguments in new[] { message, ["ping"] })
        {
            await using var smbcontrol = await ChildProcess.RunAsync("smbcontrol", [$"--configfile={samba.ConfigFile}", "smbd", .. arguments]);
            if (smbcontrol.ExitCode != 0)
            {
                throw new InvalidOperationException($"smbd did not take the message: {smbcontrol.Output}");
            }
        }
    }
}
