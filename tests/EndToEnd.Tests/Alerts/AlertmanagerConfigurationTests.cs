namespace Smb1Exporter.EndToEnd.Tests.Alerts;

/// <summary>What tickets depend on in alertmanager.yml.</summary>
public sealed class AlertmanagerConfigurationTests
{
    private static Dictionary<object, object> Configuration { get; } =
        ShippedFiles.ReadYaml<Dictionary<object, object>>("alertmanager.yml");

    [Fact]
    public void Tickets_are_grouped_per_customer_and_server_and_repeated_every_hour()
    {
        var route = Items(Map(Configuration["route"])["routes"]).Select(Map).Single(route => (string)route["receiver"] == "smb1-tickets");

        Assert.Equal(["alertname = \"Smb1TrafficDetected\""], Items(route["matchers"]));
        Assert.Equal(["alertname", "customer", "host_name"], Items(route["group_by"]));
        Assert.Equal("1h", route["repeat_interval"]);
    }

    [Fact]
    public void The_ticket_receiver_gets_no_resolved_alerts_and_a_token_from_a_file()
    {
        var receiver = Items(Configuration["receivers"]).Select(Map).Single(receiver => (string)receiver["name"] == "smb1-tickets");
        var webhook = Map(Assert.Single(Items(receiver["webhook_configs"])));
        var authorization = Map(Map(webhook["http_config"])["authorization"]);

        Assert.Equal("http://127.0.0.1:10446/alerts", webhook["url"]);
        Assert.Equal("false", webhook["send_resolved"]);
        Assert.Equal("Bearer", authorization["type"]);
        Assert.NotEmpty((string)authorization["credentials_file"]);
        Assert.False(authorization.ContainsKey("credentials"));
    }

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static List<object> Items(object value) => (List<object>)value;
}
