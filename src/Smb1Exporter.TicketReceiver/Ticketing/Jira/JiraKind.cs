namespace Smb1Exporter.TicketReceiver.Ticketing.Jira;

/// <summary>Which of the two products; the values of <c>Receiver:Jira:Kind</c>. They differ in sign-in, search and text.</summary>
internal enum JiraKind
{
    /// <summary>Jira Cloud, REST API 3.</summary>
    Cloud,

    /// <summary>Jira Data Center, REST API 2.</summary>
    DataCenter,
}
