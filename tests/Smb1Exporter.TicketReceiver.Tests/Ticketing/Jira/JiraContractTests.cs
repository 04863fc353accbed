using Smb1Exporter.TicketReceiver.Ticketing.Jira;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing.Jira;

public sealed class JiraCloudContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() => await JiraFixture.StartAsync(JiraKind.Cloud);
}

public sealed class JiraDataCenterContractTests : StatefulTicketingContract
{
    private protected override async Task<IStatefulFixture> StartStatefulAsync() =>
        await JiraFixture.StartAsync(JiraKind.DataCenter, customField: true);
}
