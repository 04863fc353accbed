using System.Diagnostics;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>The log is rotated by the real logrotate, where it is installed.</summary>
public class LogrotateTests
{
    [LinuxTheory]
    [InlineData("rotate 9")]
    [InlineData("rotate 9\n copytruncate")]
    [InlineData("rotate 9\n create")]
    [InlineData("rotate 1")]
    [InlineData("rotate 2\n compress\n delaycompress")]
    [InlineData("rotate 2\n compress")]
    public void Rotation_by_logrotate_loses_and_repeats_nothing_while_the_log_is_watched(string directives)
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/logrotate"), "logrotate is not installed");
        using var rig = new LogRig();
        rig.Append("logrotate.conf", $"{rig["audit.log"]} {{\n {directives}\n}}\n");
        for (var i = 0; i < 4; i++)
        {
            rig.Write("audit.log", 3);
            rig.Poll();
            rig.Write("audit.log", 2);
            Rotate(rig, i);
            rig.Write("audit.log", 1);
            rig.Poll();
        }

        rig.Restart().Poll();

        Assert.Equal(Enumerable.Range(0, 24), rig.Numbers.Order());
        RotationTests.AssertClean(rig);
    }

    private static void Rotate(LogRig rig, int second)
    {
        var before = Directory.GetFiles(Path.GetDirectoryName(rig["audit.log"])!, "audit.log?*").Order().ToList();
        using var process = Process.Start(
            new ProcessStartInfo("/usr/sbin/logrotate", ["-f", "-s", rig[$"state{second}"], rig["logrotate.conf"]]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        Assert.True(before.Count > 0 || Directory.GetFiles(Path.GetDirectoryName(rig["audit.log"])!, "audit.log?*").Length > 0, "nothing was rotated");
    }
}
