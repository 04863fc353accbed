using Smb1Exporter.TicketReceiver.Commands;
using Smb1Exporter.TicketReceiver.Tests.Ticketing;
using Smb1Exporter.TicketReceiver.Ticketing;

namespace Smb1Exporter.TicketReceiver.Tests.Support;

/// <summary>A ticketing system made from settings, without a receiver around it.</summary>
internal static class TicketingParts
{
    /// <summary>Makes the system that a fixture stands for.</summary>
    /// <param name="fixture">The fixture.</param>
    /// <param name="settings">Stand in place of those of the fixture.</param>
    public static CommandParts Of(ITicketingFixture fixture, params (string Key, string Value)[] settings) => CommandParts.Load(
        null,
        [
            .. fixture.Settings.Where(setting => settings.All(other => other.Key != setting.Key)).Concat(settings)
                .Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)),
        ]);

    /// <summary>What a firing of FS01 at customer "Contoso" says.</summary>
    public static TicketMessage Message(CommandParts parts, string body = "SMB1 Traffic detected.\nDetails:\n10.0.0.1: 1") => new(
        1,
        "0123456789abcdef",
        "smb1-0123456789abcdef0123456789abcdef",
        "Contoso",
        "FS01",
        "SMB1 Traffic Detected on FS01",
        body,
        parts.Options.Ticketing.Routes.Of("Contoso"));
}
