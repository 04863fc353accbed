using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Hosting;

namespace Smb1Exporter.TicketReceiver.Tests;

/// <summary>
/// The folders of the receiver stand in the order in which a notification passes through them, and each uses only what comes before it:
/// Alerts, Composing, Outbox. A ticketing system implements what <c>Ticketing</c> says, and the outbox knows no more of it than that. What
/// chooses between several that do the same, and what puts all of them together, is Hosting.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        // How text from the network is shown. Everybody may.
        ["PlainText"] = [],

        // The flow.
        ["Alerts"] = ["PlainText"],
        ["Composing"] = ["Alerts", "PlainText"],
        ["Outbox"] = ["Alerts", "Composing", "PlainText", "Storage", "Ticketing"],

        // Where it is kept: one database for the outbox and the built-in tickets.
        ["Storage"] = [],
        ["Storage/Postgres"] = ["PlainText", "Storage"],
        ["Storage/Sqlite"] = ["Storage"],

        // Where it goes.
        ["Ticketing"] = ["Composing", "PlainText"],
        ["Ticketing/Http"] = ["PlainText", "Ticketing"],
        ["Ticketing/Settings"] = ["Ticketing", "Ticketing/Http"],
        ["Ticketing/Autotask"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/BuiltIn"] = ["Storage", "Ticketing", "Ticketing/Settings"],
        ["Ticketing/ConnectWise"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/Email"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/HaloPsa"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/Jira"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/RequestTracker"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/ServiceNow"] = ["PlainText", "Ticketing", "Ticketing/Http", "Ticketing/Settings"],
        ["Ticketing/Webhook"] = ["Ticketing", "Ticketing/Http", "Ticketing/Settings"],

        // What people and programs see of it, and who is let in.
        ["Pages"] = ["Outbox", "Storage", "Ticketing", "Ticketing/BuiltIn"],
        ["Access"] = ["Alerts"],

        // Puts all of them together, and is known by none but the commands.
        ["Hosting"] =
        [
            "Access", "Alerts", "Composing", "Outbox", "Pages", "Storage", "Storage/Postgres", "Storage/Sqlite", "Ticketing", "Ticketing/Autotask",
            "Ticketing/BuiltIn", "Ticketing/ConnectWise", "Ticketing/Email", "Ticketing/HaloPsa", "Ticketing/Jira", "Ticketing/RequestTracker",
            "Ticketing/ServiceNow", "Ticketing/Settings", "Ticketing/Webhook",
        ],
        ["Commands"] = ["Alerts", "Composing", "Hosting", "PlainText", "Storage", "Ticketing"],
        [FolderRules.Start] = ["Commands"],
    };

    private static readonly FolderRules Rules = With(MayUse);

    [Fact]
    public void Every_folder_has_a_row_in_the_table() => AssertNone(Rules.FindFoldersOutsideTable());

    [Fact]
    public void A_folder_uses_only_those_that_the_table_allows() => AssertNone(Rules.FindForbiddenUses());

    [Fact]
    public void The_table_allows_nothing_that_no_code_needs() => AssertNone(Rules.FindUnusedPairs());

    [Fact]
    public void The_table_has_no_cycle() => AssertNone(Rules.FindCycles());

    [Fact]
    public void A_use_that_goes_against_the_flow_is_told_with_the_type_that_makes_it()
    {
        var turned = new Dictionary<string, string[]>(MayUse, StringComparer.Ordinal)
        {
            ["Alerts"] = ["Composing", "PlainText"],
            ["Composing"] = ["PlainText"],
        };

        Assert.Contains(
            With(turned).FindForbiddenUses(),
            fault => fault.StartsWith("Composing may not use Alerts: Smb1Exporter.TicketReceiver.Composing.TicketComposer", StringComparison.Ordinal));
    }

    private static FolderRules With(IReadOnlyDictionary<string, string[]> mayUse) =>
        new(typeof(ReceiverApplication).Assembly, "Smb1Exporter.TicketReceiver", mayUse);

    private static void AssertNone(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
}
