using Microsoft.Extensions.Configuration;
using Smb1Exporter.Configuration;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

public sealed class CustomerRoutesTests
{
    [Fact]
    public void A_customer_is_found_in_any_case_and_takes_what_it_leaves_open_from_the_catch_all()
    {
        var routes = Read(("CatchAll:Queue", "Service"), ("CatchAll:Priority", "3"), ("Customers:0:Customer", "Contoso: Ltd"), ("Customers:0:Queue", "Contoso"));

        Assert.Equal(new TicketRoute(null, null, "Contoso", "3", null), routes.Of("contoso: LTD"));
        Assert.Equal(new TicketRoute(null, null, "Service", "3", null), routes.Of("Fabrikam"));
        Assert.Equal((true, false), (routes.IsNamed("contoso: ltd"), routes.IsNamed("Fabrikam")));
        Assert.Equal(["Receiver:CatchAll", "Receiver:Customers (Contoso: Ltd)"], routes.All.Select(route => route.Setting));
    }

    [Fact]
    public void A_contact_of_the_catch_alls_company_is_no_contact_of_another_company()
    {
        var routes = Read(
            new Everything(),
            ("CatchAll:Company", "Us"), ("CatchAll:Contact", "me@us.example"),
            ("Customers:0:Customer", "Contoso"), ("Customers:0:Company", "Contoso Ltd"),
            ("Customers:1:Customer", "Fabrikam"), ("Customers:1:Queue", "Second line"));

        Assert.Equal(("Contoso Ltd", null), (routes.Of("Contoso").Company, routes.Of("Contoso").Contact));
        Assert.Equal(("Us", "me@us.example"), (routes.Of("Fabrikam").Company, routes.Of("Fabrikam").Contact));
    }

    [Fact]
    public void What_is_missing_unused_nameless_or_doubled_is_told()
    {
        var e = Assert.Throws<StartupException>(() => Read(
            ("Customers:0:Customer", "Contoso"), ("Customers:0:Board", "x"), ("Customers:1:Queue", "y"), ("Customers:2:Customer", "CONTOSO")));

        Assert.Contains("Receiver:CatchAll:Queue: is missing, and Jira makes no ticket without it.", e.Message, StringComparison.Ordinal);
        Assert.Contains("Receiver:Customers:0:Board: is not used by Jira, which uses Queue, Priority. Remove it.", e.Message, StringComparison.Ordinal);
        Assert.Contains("Receiver:Customers:1:Customer: is missing.", e.Message, StringComparison.Ordinal);
        Assert.Contains("Receiver:Customers:2:Customer: 'CONTOSO' has another entry already.", e.Message, StringComparison.Ordinal);
    }

    private static CustomerRoutes Read(params (string Key, string Value)[] settings) => Read(new QueueAndPriority(), settings);

    private static CustomerRoutes Read(ITicketingSystemOptions system, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Receiver:{setting.Key}", setting.Value)))
            .Build();
        var reader = new SectionReader(configuration, "Receiver");
        var routes = CustomerRoutes.Read(reader, TicketingSystemKind.Jira, system);
        reader.ThrowIfWrong();
        return routes;
    }

    private sealed class QueueAndPriority : ITicketingSystemOptions
    {
        public RouteParts Uses => RouteParts.Queue | RouteParts.Priority;

        public RouteParts Needs => RouteParts.Queue;

        public ITicketingSystem Create(TicketingContext context) => throw new NotSupportedException();
    }

    private sealed class Everything : ITicketingSystemOptions
    {
        public RouteParts Uses => RouteParts.Company | RouteParts.Board | RouteParts.Queue | RouteParts.Priority | RouteParts.Contact;

        public RouteParts Needs => RouteParts.None;

        public ITicketingSystem Create(TicketingContext context) => throw new NotSupportedException();
    }
}
