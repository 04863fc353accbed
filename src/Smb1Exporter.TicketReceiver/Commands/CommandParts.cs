using Smb1Exporter.TicketReceiver.Composing;
using Smb1Exporter.TicketReceiver.Hosting;
using Smb1Exporter.TicketReceiver.Storage;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Commands;

/// <summary>The parts of the receiver that a command needs which does not run it.</summary>
internal sealed class CommandParts : IDisposable
{
    private readonly ServiceProvider _services;

    private CommandParts(ReceiverOptions options, ServiceProvider services)
    {
        Options = options;
        _services = services;
        Ticketing = services.GetRequiredService<ITicketingSystem>();
        Composer = services.GetRequiredService<TicketComposer>();
    }

    /// <summary>The settings.</summary>
    public ReceiverOptions Options { get; }

    /// <summary>The ticketing system of the settings; it was asked nothing yet.</summary>
    public ITicketingSystem Ticketing { get; }

    /// <summary>Writes tickets' texts.</summary>
    public TicketComposer Composer { get; }

    /// <summary>The time.</summary>
    public DateTimeOffset Now => _services.GetRequiredService<TimeProvider>().GetUtcNow();

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartupException">They are wrong.</exception>
    public static CommandParts Load(string? configFile, IReadOnlyList<KeyValuePair<string, string?>> settings)
    {
        using var configuration = new ConfigurationManager();
        ReceiverConfiguration.Load(configuration, configFile, settings);
        var options = ReceiverOptionsReader.Read(configuration);
        var services = new ServiceCollection();
        services.AddLogging();
        ReceiverApplication.AddDeliveryParts(services, options);
        return new CommandParts(options, services.BuildServiceProvider());
    }

    /// <summary>Makes the database where there is none; one that a receiver uses is used beside it.</summary>
    /// <exception cref="StartupException">It cannot be used.</exception>
    public void PrepareDatabase() => _services.GetRequiredService<IDatabaseEngine>().Prepare();

    public void Dispose() => _services.Dispose();
}
