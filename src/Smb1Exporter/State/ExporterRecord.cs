using System.Globalization;
using Smb1Exporter.Auditing;

namespace Smb1Exporter.State;

/// <summary>
/// What the exporter says of itself, its settings and its host. Kept in the state file, so that a report made by another process, without the
/// settings and rights of the service, says the same as the page.
/// </summary>
/// <param name="Customer">The organisation that owns the server; may be empty.</param>
/// <param name="HostName">The server's name.</param>
/// <param name="Version">The exporter's version.</param>
/// <param name="Source">The audit log.</param>
/// <param name="ReadyAfter">How long a server must be covered and without an attempt.</param>
/// <param name="ClientRetention">How long an unseen client is remembered.</param>
/// <param name="MaxClients">The cap on tracked clients.</param>
/// <param name="ExcludedClients">Addresses, ranges and names that are counted apart.</param>
/// <param name="Host">The host.</param>
internal sealed record ExporterRecord(
    string Customer,
    string HostName,
    string Version,
    string Source,
    TimeSpan ReadyAfter,
    TimeSpan ClientRetention,
    int MaxClients,
    IReadOnlyList<string> ExcludedClients,
    HostReading Host)
{
    /// <summary>Under which name the server's name is kept.</summary>
    public static readonly string HostNameKey = StateNames.Exporter("host_name");

    /// <summary>The server as a person names it.</summary>
    public string Server => Customer.Length == 0 ? HostName : $"{Customer}\\{HostName}";

    internal void WriteTo(StateChange change)
    {
        void Set(string name, string? value) => change.Set(StateNames.Exporter(name), value);

        Set("customer", Customer);
        Set("host_name", HostName);
        Set("version", Version);
        Set("source", Source);
        Set("ready_after", ReadyAfter.ToString("c", CultureInfo.InvariantCulture));
        Set("client_retention", ClientRetention.ToString("c", CultureInfo.InvariantCulture));
        Set("max_clients", MaxClients.ToString(CultureInfo.InvariantCulture));
        Set("excluded_clients", string.Join(' ', ExcludedClients));
        Set("server_enabled", Host.ServerEnabled?.ToString());
        Set("auditing_enabled", Host.AuditingEnabled?.ToString());
        Set("auditing_detail", Host.AuditingDetail);
        Set("source_up", Host.SourceUp?.ToString());
        Set("source_detail", Host.SourceDetail);
        Set("configuration_detail", Host.ConfigurationDetail);
        ProofRecord.Write(Host.Proof, Set);
    }

    /// <returns>Null when no exporter that keeps it has used the file yet.</returns>
    internal static ExporterRecord? ReadFrom(StoredState state)
    {
        string Get(string name) => state.Values.GetValueOrDefault(StateNames.Exporter(name), "");
        bool? State(string name) => bool.TryParse(Get(name), out var state) ? state : null;

        return TimeSpan.TryParse(Get("ready_after"), CultureInfo.InvariantCulture, out var readyAfter)
            && TimeSpan.TryParse(Get("client_retention"), CultureInfo.InvariantCulture, out var clientRetention)
            && int.TryParse(Get("max_clients"), NumberStyles.None, CultureInfo.InvariantCulture, out var maxClients)
            ? new ExporterRecord(
                Get("customer"),
                Get("host_name"),
                Get("version"),
                Get("source"),
                readyAfter,
                clientRetention,
                maxClients,
                Get("excluded_clients").Split(' ', StringSplitOptions.RemoveEmptyEntries),
                new HostReading(
                    State("server_enabled"), State("auditing_enabled"), Get("auditing_detail"), State("source_up"), Get("source_detail"))
                {
                    ConfigurationDetail = Get("configuration_detail"),
                    Proof = ProofRecord.Read(Get),
                })
            : null;
    }
}
