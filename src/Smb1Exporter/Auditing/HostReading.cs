namespace Smb1Exporter.Auditing;

/// <summary>What the exporter knows of its host.</summary>
/// <param name="ServerEnabled">Whether SMB1 is served; null when it could not be told.</param>
/// <param name="AuditingEnabled">Whether SMB1 connections are audited; null when it could not be told.</param>
/// <param name="AuditingDetail">What was found wrong with auditing, with the remedy, as sentences; empty when nothing is.</param>
/// <param name="SourceUp">Whether the last read of the audit log worked; null before the first.</param>
/// <param name="SourceDetail">What the last read found wrong, with the remedy; empty when it worked.</param>
internal sealed record HostReading(bool? ServerEnabled, bool? AuditingEnabled, string AuditingDetail, bool? SourceUp, string SourceDetail)
{
    /// <summary>What the server itself answered.</summary>
    public ServerProof Proof { get; init; } = ServerProof.NotAskedYet;

    /// <summary>What the configuration says: sentences.</summary>
    public string ConfigurationDetail { get; init; } = "";
}
