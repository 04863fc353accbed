using Smb1Exporter.EndToEnd.Tests.Fakes;
using Smb1Exporter.EndToEnd.Tests.Harness;
using Smb1Exporter.EndToEnd.Tests.KnownFaults;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>Names of issue types and priorities in Jira. What the command "check" accepts must make a ticket.</summary>
public sealed class JiraNameTests
{
    [FieldFact("sooperset/mcp-atlassian#1170 #633, dust-tt/dust#28695, bobcarroll/jira-client#223 #220, go-jira#437: Jira in another language")]
    public async Task Names_that_the_check_accepts_make_tickets_in_a_Jira_in_German()
    {
        await using var site = new Site();
        var jira = await JiraAsync(site, new FakeJiraSite
        {
            IssueTypes = [new JiraName("10001", "Task", "Aufgabe"), new JiraName("10004", "Bug", "Fehler")],
            Priorities = [new JiraName("2", "High", "Hoch"), new JiraName("3", "Medium", "Mittel")],
        });

        var german = await MakesTicketIfAcceptedAsync(site, jira, "Aufgabe", "Hoch");
        var english = await MakesTicketIfAcceptedAsync(site, jira, "Task", "High");

        Assert.True(german || english, "the check accepts neither the names that Jira shows nor those it was made with");
    }

    [FieldFact("dust-tt/dust#28695: two projects have an issue type of the same name, as team-managed projects bring their own")]
    public async Task An_issue_type_that_the_check_accepts_makes_a_ticket_where_another_project_has_one_of_the_same_name()
    {
        await using var site = new Site();
        var jira = await JiraAsync(site, new FakeJiraSite
        {
            IssueTypes = [new JiraName("10044", "Service request"), new JiraName("10045", "Incident")],
            IssueTypesElsewhere = [new JiraName("10002", "Service request")],
            Priorities = [new JiraName("2", "High"), new JiraName("3", "Medium")],
        });

        var unique = await MakesTicketIfAcceptedAsync(site, jira, "Incident", "High");
        await MakesTicketIfAcceptedAsync(site, jira, "Service request", "High");

        Assert.True(unique, "the check does not accept a name that only one project has");
    }

    private static async Task<FakeJiraSite> JiraAsync(Site site, FakeJiraSite jira)
    {
        await jira.StartAsync();
        return site.Own(jira);
    }

    /// <summary>Whether the check accepts the names. If it does, a receiver with them must make a ticket.</summary>
    private static async Task<bool> MakesTicketIfAcceptedAsync(Site site, FakeJiraSite jira, string issueType, string priority)
    {
        var token = new Dictionary<string, string?> { ["Receiver__Jira__Token"] = "t0ken" };
        string[] settings =
        [
            "--Receiver:TicketingSystem=Jira", $"--Receiver:Jira:Url={jira.Address}", "--Receiver:Jira:User=api@contoso.example",
            $"--Receiver:Jira:IssueType={issueType}", "--Receiver:CatchAll:Board=OPS", $"--Receiver:CatchAll:Priority={priority}",
        ];
        await using var check = await site.CheckReceiverAsync(token, settings);
        if (check.ExitCode != 0)
        {
            return false;
        }

        var before = jira.Issues;
        await using var receiver = await ReceiverProcess.StartAsync(site.Subfolder($"receiver of {issueType}"), token, settings);

        // A server of its own: another with the same name would get a note in the ticket that is there.
        await receiver.NotifyAsync($"FS-{issueType}", attempts: 2);

        await Then.SoonAsync(
            () => Task.FromResult(jira.Issues),
            issues => issues == before + 1,
            $"an issue of type {issueType} with priority {priority}, which the check accepts, is made",
            issues => $"{issues - before} issues. The log ends: {receiver.LastLine()}");
        return true;
    }
}
