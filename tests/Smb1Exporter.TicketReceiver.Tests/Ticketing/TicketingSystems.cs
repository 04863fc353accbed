using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing.Http;
using Smb1Exporter.TicketReceiver.Ticketing.Settings;

namespace Smb1Exporter.TicketReceiver.Tests.Ticketing;

/// <summary>Makes a ticketing system alone, as the receiver would of its settings.</summary>
internal static class TicketingSystems
{
    /// <param name="fixture">The system it talks to.</param>
    /// <param name="settings">Stand in place of those of the fixture.</param>
    public static ITicketingSystem Of(ITicketingFixture fixture, params (string Key, string Value)[] settings)
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(fixture.Settings.Concat(settings)
            .GroupBy(setting => setting.Key)
            .Select(values => KeyValuePair.Create<string, string?>(values.Key, values.Last().Value)));
        var options = ReceiverOptionsReader.Read(configuration);
        return options.System.Create(new TicketingContext(
            options.Ticketing.Routes,
            new TicketHttpFactory(options.Ticketing.CaFile, options.Ticketing.RequestTimeout, TimeProvider.System),
            TimeProvider.System,
            new ServiceCollection().BuildServiceProvider()));
    }
}
