using System.Text.RegularExpressions;
using CsCheck;
using Smb1Exporter.Auditing.Samba.Configuration;

namespace Smb1Exporter.Tests.Auditing.Samba.Configuration;

public sealed class SmbConfProperties
{
    private const string AuditLog = "/var/log/samba/auth_audit.log";

    private static readonly Gen<string> Header = Gen.OneOf("[global]", "[Global]", " [ GLOBAL ] x", "\t[globals]", "[share]", "[homes]", "[global");

    private static readonly Gen<string> Word = Gen.OneOf(
        "0", "1", "10", "3", "smb:2", "all:3", "auth_audit:3@/x", "auth_json_audit:0", "auth_json_audit:3", "auth_json_audit:5", "auth_json_audit:8@/y",
        "auth_json_audit:3@/z", "AUTH_JSON_AUDIT:5", "foo", "auth_json_\\\naudit:4", "\\\r\n  smb:1");

    private static readonly Gen<string> LogLevel =
        from name in Gen.OneOf("log level", "LogLevel", "debuglevel", "log  Level", "debug level", "log_level")
        from sign in Gen.OneOf(" = ", "=", "\t=\t")
        from words in Word.Array[0, 4]
        from separator in Gen.OneOf(" ", "\t", ",", "  ")
        select name + sign + string.Join(separator, words);

    private static readonly Gen<string> Other = Gen.OneOf(
        Gen.OneOf("", "   ", "# log level = 3", "; [global] \\", "workgroup = MÜNCHEN", "include = /a", "path = /srv/\\", "comment = a \\ ", "text", "= 3", "\\\n"),
        Gen.String[Gen.Char['\u0000', '\u00ff'], 0, 12]);

    private static readonly Gen<string> File =
        from lines in Gen.Select(
            Gen.OneOf("", "  ", "\t"), Gen.Frequency((2, Header), (3, LogLevel), (4, Other)), Gen.OneOf("\n", "\r\n", "\n\n")).Array[0, 12]
        from end in Gen.OneOf(Header, LogLevel, Other)
        select string.Concat(lines.Select(line => line.Item1 + line.Item2 + line.Item3)) + end;

    [Fact]
    public void Auditing_is_on_afterwards_and_a_second_change_changes_nothing() => SampleMostlyChanged((_, edited) =>
    {
        Assert.True(SmbConf.Parse(edited).LogLevel!.IsAudited);
        Assert.Equal(edited, SmbConf.Parse(edited).WithAuditing(AuditLog).Text);
    });

    [Fact]
    public void Everything_but_the_log_level_stays_byte_for_byte() => SampleMostlyChanged((text, edited) =>
    {
        // One stretch changes, and at most one word of the level goes; every other logical line keeps its bytes and its place.
        var head = text.Zip(edited).TakeWhile(pair => pair.First == pair.Second).Count();
        var tail = text.Skip(head).Reverse().Zip(edited.Skip(head).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        var removed = text[head..^tail];
        Assert.True(removed.Length <= "auth_json_\\\naudit:4".Length, $"{removed} is gone");
        Assert.DoesNotContain('=', removed);
        Assert.Equal(OtherLines(text), OtherLines(edited).Skip(!HasGlobalHeader(text) && edited.StartsWith("[global]", StringComparison.Ordinal) ? 1 : 0));
    });

    // Files that cannot be edited, or need not be, show little: they must be the fewer ones.
    private static void SampleMostlyChanged(Action<string, string> check)
    {
        const int Files = 5_000;
        var changed = 0;
        File.Sample(
            text =>
            {
                if (SmbConf.Parse(text).WithAuditing(AuditLog).Text is { } edited)
                {
                    Interlocked.Add(ref changed, edited == text ? 0 : 1);
                    check(text, edited);
                }
            },
            iter: Files);
        Assert.InRange(changed, Files / 2, int.MaxValue);
    }

    private static List<string> OtherLines(string text) =>
        [.. SmbConfLine.Split(text).Where(line => !IsLogLevel(line.Text)).Select(line => text[line.Start..line.End].TrimEnd('\r'))];

    private static bool IsLogLevel(string line) =>
        string.Concat(line.TakeWhile(c => c != '=').Where(c => c is not (' ' or (>= '\t' and <= '\r')))).ToLowerInvariant() is "loglevel" or "debuglevel"
        && line.Contains('=', StringComparison.Ordinal);

    private static bool HasGlobalHeader(string text) =>
        SmbConfLine.Split(text).Any(line => Regex.IsMatch(line.Text, @"^\[\s*globals?\s*\]", RegexOptions.IgnoreCase));
}
