using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TestSupport;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Outbox;
using Smb1Exporter.TicketReceiver.Tests.Support;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

/// <summary>A receiver that uses a fixture's ticketing system, for tests of what is particular to it.</summary>
internal static class Deliveries
{
    public static Task<RunningReceiver> StartAsync(IReadOnlyList<(string Key, string Value)> settings, params (string Key, string Value)[] more) =>
        RunningReceiver.StartAsync(
            services => services.AddSingleton(new RetryPace(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200))),
            [.. settings.Where(setting => more.All(other => other.Key != setting.Key)), .. more]);

    /// <summary>The ticketing system alone.</summary>
    public static ITicketingSystem SystemOf(IReadOnlyList<(string Key, string Value)> settings)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)));
        var options = ReceiverOptionsReader.Read(configuration);
        var http = new TicketHttpFactory(null, TimeSpan.FromSeconds(10), TimeProvider.System);
        return options.System.Create(new TicketingContext(options.Ticketing.Routes, http, TimeProvider.System, new ServiceCollection().BuildServiceProvider()));
    }

    /// <summary>Sends a notification and waits until all is delivered.</summary>
    public static async Task DeliverAsync(this RunningReceiver receiver, string customer, string server, string attempts)
    {
        await receiver.SendAsync(customer, server, attempts);
        await receiver.UntilAsync("smb1_ticket_outbox_pending", "0");
    }

    public static async Task SendAsync(this RunningReceiver receiver, string customer, string server, string attempts)
    {
        using var response = await receiver.Client.PostAlertsAsync(Payloads.Firing(customer, server, ("10.0.0.1", attempts)));
        response.EnsureSuccessStatusCode();
    }

    public static Task UntilAsync(this RunningReceiver receiver, string metric, string value) => Eventually.GetAsync(
        () => receiver.Client.MetricAsync(metric), found => found == value, $"{metric} is {value}. The log:\n{receiver.LogText}");

    public static Task UntilToldAsync(this RunningReceiver receiver, string words) => Eventually.TrueAsync(
        () => receiver.LogText.Contains(words, StringComparison.Ordinal), $"the log says {words}. It says:\n{receiver.LogText}");
}
