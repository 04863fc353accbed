namespace Smb1Exporter.Auditing;

/// <summary>Where a read begins.</summary>
/// <param name="Position">
/// The position stored with the last batch, or null on the first run. A source that cannot make sense of it reports an <see cref="AuditGap"/>
/// and reads on as if it were null.
/// </param>
/// <param name="NotBefore">
/// Records older than this are not wanted: they were there before the first look back, or are known to be counted.
/// A source may use it to skip what is certainly older; the caller drops the rest.
/// </param>
internal sealed record AuditStart(AuditPosition? Position, DateTimeOffset NotBefore);
