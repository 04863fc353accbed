namespace Smb1Exporter.Auditing.Windows;

/// <summary>What one look at the SMB server brought.</summary>
/// <param name="State">What its configuration says.</param>
/// <param name="AuditSmb1Access">The setting; null where it is not known or does not exist.</param>
/// <param name="Sessions">The open sessions of all dialects; null where they were not asked for or not listed.</param>
/// <param name="Failure">Why there are no sessions although they were asked for; null where there are, or where none were asked for.</param>
internal sealed record SmbServerLook(AuditingState State, bool? AuditSmb1Access, SmbServerSessions? Sessions, SmbServerFailure? Failure);
