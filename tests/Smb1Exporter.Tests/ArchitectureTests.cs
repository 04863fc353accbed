using Smb1Exporter.Auditing;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests;

/// <summary>
/// The folders in the order in which the data flows: a folder may use those that produce what it takes. To use another one, decide on it here first.
/// </summary>
public class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        [""] = [],
        ["Auditing"] = [],
        ["Auditing/Windows"] = ["Auditing"],
        ["Auditing/Samba/Configuration"] = ["Auditing"],
        ["Auditing/Samba/Following"] = ["Auditing", "Auditing/Samba/Configuration"],
        ["State"] = ["Auditing"],
        ["Counting"] = ["Auditing", "State"],
        ["Naming"] = ["Counting", "State"],
        ["Verdicts"] = [],
        ["Exposition"] = ["Auditing", "State", "Counting", "Verdicts"],
        ["Reporting"] = ["Auditing", "State", "Verdicts"],
        ["Pages"] = ["", "State", "Verdicts", "Reporting"],
        ["Hosting"] =
        [
            "", "Auditing", "Auditing/Windows", "Auditing/Samba/Configuration", "Auditing/Samba/Following", "State", "Counting", "Naming", "Verdicts",
            "Exposition", "Reporting", "Pages",
        ],
        ["Commands"] = ["Auditing", "State", "Counting", "Reporting", "Pages", "Hosting"],
        [FolderRules.Start] = ["Commands"],
    };

    private static readonly FolderRules Rules = new(typeof(AuditRecord).Assembly, "Smb1Exporter", MayUse);

    [Fact]
    public void Every_folder_has_a_row_and_every_file_the_namespace_of_its_folder() => AssertNone(Rules.FindFoldersOutsideTable());

    [Fact]
    public void A_folder_uses_only_what_the_table_allows() => AssertNone(Rules.FindForbiddenUses());

    [Fact]
    public void The_table_allows_nothing_that_nobody_uses() => AssertNone(Rules.FindUnusedPairs());

    [Fact]
    public void The_table_has_no_cycle() => AssertNone(Rules.FindCycles());

    private static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
}
