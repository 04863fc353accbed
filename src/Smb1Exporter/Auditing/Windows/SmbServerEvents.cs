namespace Smb1Exporter.Auditing.Windows;

/// <summary>
/// The names under which Windows records SMB1: channels, provider and event ids, as the manifest of Microsoft-Windows-SMBServer declares them.
/// </summary>
internal static class SmbServerEvents
{
    /// <summary>The provider of both events.</summary>
    public const string ProviderName = "Microsoft-Windows-SMBServer";

    /// <summary>The channel of event 3000; other audits (signing, encryption, guest logon) are written to it as well.</summary>
    public const string AuditChannel = "Microsoft-Windows-SMBServer/Audit";

    /// <summary>The channel of event 1001, among much else.</summary>
    public const string OperationalChannel = "Microsoft-Windows-SMBServer/Operational";

    /// <summary>"SMB1 access": a client spoke SMB1 while AuditSmb1Access was on. One field, ClientName.</summary>
    public const int Smb1Access = 3000;

    /// <summary>
    /// A client was refused because SMB1 is off or not installed. Version 0 has ClientNameLength, ClientName and LogEventCount; version 1 has no field.
    /// </summary>
    public const int Smb1Refused = 1001;

    /// <summary>The provider by id.</summary>
    public static readonly Guid ProviderId = new("d48ce617-33a2-4bc3-a5c7-11aa4f29619e");

    /// <summary>Picks both events in an event log query; the other events of the two channels do not match.</summary>
    public const string Query =
        "*[System[Provider[@Name='Microsoft-Windows-SMBServer'] and (EventID=3000 or EventID=1001)]]";

    /// <summary>Whether an event is one of the two, by provider and event id; never by its message, which is localised.</summary>
    public static bool Concerns(string? providerName, Guid? providerId, int eventId) =>
        eventId is Smb1Access or Smb1Refused && IsProvider(providerName, providerId);

    /// <summary>Whether a provider is that of both events, by name or by id.</summary>
    public static bool IsProvider(string? name, Guid? id) =>
        id == ProviderId || string.Equals(name, ProviderName, StringComparison.OrdinalIgnoreCase);
}
