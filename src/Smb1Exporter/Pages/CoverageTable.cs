using System.Text;
using Smb1Exporter.State;

namespace Smb1Exporter.Pages;

/// <summary>The periods in which a server was covered, what ended each, and what was noted of its clock and its state file.</summary>
internal static class CoverageTable
{
    /// <param name="page">What it is added to.</param>
    /// <param name="history">Latest first.</param>
    /// <param name="which">Which of them these are, in words.</param>
    public static void Append(StringBuilder page, IReadOnlyList<CoverageEntry> history, string which) => Html.AppendTable(
        page,
        "Covered periods and what ended them",
        history,
        "None is recorded.",
        $"<caption>Latest first; {which}.</caption><thead><tr><th scope=\"col\">From</th><th scope=\"col\">To</th>"
            + "<th scope=\"col\">What ended it, or was noted</th></tr></thead>",
        entry => page.Append($"<tr><th scope=\"row\" class=\"t\">{Figures.Time(entry.Begin)}</th><td class=\"t\">{To(entry)}</td><td>{Html.Encode(entry.Text)}</td></tr>\n"));

    private static string To(CoverageEntry entry) => entry switch
    {
        { IsOpen: true } => "goes on",
        { End: { } end } => Figures.Time(end),
        _ => "",
    };
}
