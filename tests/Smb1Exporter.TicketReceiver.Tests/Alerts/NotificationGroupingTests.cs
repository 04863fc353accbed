using System.Text.Json.Nodes;
using Smb1Exporter.TicketReceiver.Alerts;
using Smb1Exporter.TicketReceiver.Tests.Support;

namespace Smb1Exporter.TicketReceiver.Tests.Alerts;

public sealed class NotificationGroupingTests
{
    [Theory]
    [InlineData("a|b", "c", "a", "b|c")]
    [InlineData("a", "FS01", "b", "FS01")]
    [InlineData("a", "fs01", "a", "FS01")]
    [InlineData("a\nb", "c", "a", "b\nc")]
    [InlineData("a", "FS\n01", "a", "FS\r01")]
    [InlineData("", "FS01", "unknown customer", "FS01")]
    public void Customers_and_servers_that_differ_have_different_keys(string customer, string server, string otherCustomer, string otherServer)
    {
        var groups = Split(Payloads.With(Payloads.Alert(customer, server, "x", "1"), Payloads.Alert(otherCustomer, otherServer, "x", "1")));

        Assert.Equal(2, groups.Servers.Select(group => group.Key).Distinct().Count());
    }

    [Fact]
    public void Alerts_of_one_server_are_one_notification_whatever_lies_between()
    {
        var groups = Split(Payloads.With(
            Payloads.Alert("a", "1", "x", "1"), Payloads.Alert("a", "2", "x", "1"), Payloads.Alert("a", "1", "y", "1")));

        Assert.Equal([2, 1], groups.Servers.Select(group => group.Clients.Count));
    }

    [Fact]
    public void Resolved_and_foreign_alerts_make_no_ticket()
    {
        var resolved = Payloads.Alert("a", "1", "x", "1");
        resolved["status"] = "resolved";
        var foreign = Payloads.Alert("a", "1", "x", "1");
        foreign["labels"]!["alertname"] = "Smb1AuditGap";

        var groups = Split(Payloads.With(resolved, foreign, Payloads.Alert("a", "1", "y", "1")));

        Assert.Equal("y", Assert.Single(Assert.Single(groups.Servers).Clients).Address);
        Assert.Equal((1, 1), (groups.Resolved, groups.OtherAlerts));
    }

    [Theory]
    [InlineData("fs01:10445", "fs01")]
    [InlineData("[fe80::1]:10445", "fe80::1")]
    [InlineData("fs01", "fs01")]
    [InlineData(":10445", ":10445")]
    public void A_missing_host_name_is_taken_from_the_instance_without_its_port(string instance, string server)
    {
        var alert = Payloads.Alert("a", "", "x", "1");
        alert["labels"]!["instance"] = instance;

        Assert.Equal(server, Assert.Single(Split(Payloads.With(alert)).Servers).Server);
    }

    [Fact]
    public void The_order_of_alerts_does_not_make_another_notification_but_any_content_does()
    {
        var first = Payloads.Alert("a", "1", "x", "1");
        var second = Payloads.Alert("a", "1", "y", "1");
        var digest = Digest(Payloads.With(Clone(first), Clone(second)));

        Assert.Equal(digest, Digest(Payloads.With(Clone(second), Clone(first))));
        foreach (var (part, name) in new[] { ("annotations", "attempts"), ("annotations", "last_seen"), ("annotations", "new"), ("labels", "new") })
        {
            var changed = Clone(second);
            changed[part]![name] = "changed";
            Assert.NotEqual(digest, Digest(Payloads.With(Clone(first), changed)));
        }

        var named = Clone(second);
        named["annotations"]!["client_name"] = "scanner01.contoso.example";
        Assert.Equal(digest, Digest(Payloads.With(Clone(first), named)));

        foreach (var name in new[] { "startsAt", "fingerprint" })
        {
            var changed = Clone(second);
            changed[name] = "changed";
            Assert.NotEqual(digest, Digest(Payloads.With(Clone(first), changed)));
        }
    }

    private static JsonObject Clone(JsonObject alert) => alert.DeepClone().AsObject();

    private static string Digest(JsonObject payload) => Assert.Single(Split(payload).Servers).Digest;

    private static GroupedPayload Split(JsonObject payload) => NotificationGrouping.Split(PayloadReader.Read(payload.Bytes()).Payload!);
}
