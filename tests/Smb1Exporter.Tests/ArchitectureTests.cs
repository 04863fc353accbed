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
        ["Auditing"] = [],
        ["Auditing/Windows"] = ["Auditing"],
        ["Files"] = [],
        ["Auditing/Samba/Configuration"] = ["Auditing", "Files"],
        ["Auditing/Samba/Following"] = ["Auditing", "Files", "Auditing/Samba/Configuration"],
        ["State"] = ["Auditing", "Files"],
        ["Counting"] = ["Auditing", "State"],
        ["Naming"] = ["Counting", "State"],
        ["Verdicts"] = [],
        ["Exposition"] = ["Files", "Auditing", "State", "Counting", "Verdicts", "Serving"],
        ["Pushing"] = ["State", "Counting", "Exposition"],
        ["Probing/Wire"] = [],
        ["Probing"] = ["Auditing", "Auditing/Samba/Configuration", "Files", "Probing/Wire"],
        ["Probing/Windows"] = ["Auditing", "Auditing/Windows", "Probing"],
        ["Reporting"] = ["Auditing", "State", "Verdicts"],
        ["Serving"] = [],
        ["Pages"] = ["State", "Verdicts", "Reporting", "Serving"],
        ["Hosting"] =
        [
            "Auditing", "Auditing/Windows", "Auditing/Samba/Configuration", "Auditing/Samba/Following", "State", "Counting", "Naming", "Verdicts",
            "Exposition", "Pushing", "Probing", "Probing/Windows", "Reporting", "Serving", "Pages",
        ],
        ["Commands"] = ["Auditing", "State", "Counting", "Pushing", "Reporting", "Pages", "Hosting"],
        [FolderRules.Start] = ["Commands"],
    };

    private static readonly FolderRules Rules = With(MayUse);

    [Fact]
    public void Every_folder_has_a_row_and_every_file_the_namespace_of_its_folder() => AssertNone(Rules.FindFoldersOutsideTable());

    [Fact]
    public void A_folder_uses_only_what_the_table_allows() => AssertNone(Rules.FindForbiddenUses());

    [Fact]
    public void The_table_allows_nothing_that_nobody_uses() => AssertNone(Rules.FindUnusedPairs());

    [Fact]
    public void The_table_has_no_cycle() => AssertNone(Rules.FindCycles());

    [Fact]
    public void A_use_that_the_table_does_not_allow_is_reported_with_the_type_that_makes_it()
    {
        var reversed = new Dictionary<string, string[]>(MayUse, StringComparer.Ordinal) { ["State"] = ["Auditing", "Files", "Counting"], ["Counting"] = ["Auditing"] };

        var faults = With(reversed).FindForbiddenUses();

        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.StartsWith("Counting may not use State: ", fault, StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains(": Smb1Exporter.Counting.", StringComparison.Ordinal));
        Assert.Equal(["State may use Counting, but does not"], With(reversed).FindUnusedPairs());
    }

    [Fact]
    public void A_cycle_in_the_table_is_reported()
    {
        var cyclic = new Dictionary<string, string[]>(MayUse, StringComparer.Ordinal) { ["State"] = ["Auditing", "Files", "Counting"] };

        Assert.Equal(["State → Counting → State"], With(cyclic).FindCycles());
    }

    private static FolderRules With(Dictionary<string, string[]> mayUse) => new(typeof(AuditRecord).Assembly, "Smb1Exporter", mayUse);

    private static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
}
