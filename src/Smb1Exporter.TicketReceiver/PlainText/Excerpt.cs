namespace Smb1Exporter.TicketReceiver.PlainText;

/// <summary>What is kept of a remote system's answer, which may be of any length. Pure.</summary>
internal static class Excerpt
{
    /// <summary>The most that is kept, in UTF-16 code units.</summary>
    public const int Longest = 64 * 1024;

    /// <summary>The whole answer, up to <see cref="Longest"/>.</summary>
    public static string Whole(string answer) => answer.Length <= Longest ? answer : answer[..Longest];

    /// <summary>The answer on one line, see <see cref="SafeText.Line"/>; null when nothing is left.</summary>
    public static string? Line(string answer) => SafeText.Line(Whole(answer).ReplaceLineEndings(" "));
}
