using System.Text;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>The smb.conf files in Samples/, and what becomes of them.</summary>
internal static class FieldSmbConf
{
    /// <summary>
    /// Has a server run with a sample, in which @FOLDER@ is its folder and @PRIVATE@ stands for the lines that keep it apart from other servers.
    /// Its share needs "force user = root": only root may enter a test's folder.
    /// </summary>
    public static SambaServerOptions Options(string sample) => new()
    {
        Configuration = (folder, linesThatKeepItApart) =>
        {
            var text = FieldSample.Read(sample);

            // What the field has set stays as the field has it.
            var added = linesThatKeepItApart.Where(
                line => !text.Contains(line[..(line.IndexOf('=', StringComparison.Ordinal) + 1)], StringComparison.Ordinal));
            return Encoding.UTF8.GetBytes(text
                .Replace("@PRIVATE@", string.Join('\n', added), StringComparison.Ordinal)
                .Replace("@FOLDER@", folder, StringComparison.Ordinal));
        },
    };

    public static Task<string> ReadAsync(SambaServer samba) =>
        File.ReadAllTextAsync(samba.ConfigFile, TestContext.Current.CancellationToken);

    /// <summary>
    /// The lines of <paramref name="after"/> that are not as in <paramref name="before"/>; all above and below them is the same.
    /// Empty where nothing changed, or lines are only missing.
    /// </summary>
    public static IReadOnlyList<string> LinesChanged(string before, string after)
    {
        var (old, now) = (before.Split('\n'), after.Split('\n'));
        var shorter = Math.Min(old.Length, now.Length);
        var above = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        var below = old.Reverse().Zip(now.Reverse()).Take(shorter - above).TakeWhile(pair => pair.First == pair.Second).Count();
        return now[above..^below];
    }
}
