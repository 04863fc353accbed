using System.Collections.Immutable;

namespace Smb1Exporter.Auditing;

/// <summary>
/// Where reading goes on, as rows of text: opaque to everyone but the source that made it. Stored row by row, so that of thousands of files only
/// those are written that moved.
/// </summary>
/// <param name="Rows">The rows by their key; at least one.</param>
internal sealed record AuditPosition(ImmutableDictionary<string, string> Rows)
{
    /// <summary>The text of a position of one row; empty where there is none.</summary>
    public string Text => Rows.GetValueOrDefault("", "");

    /// <summary>A position of one row.</summary>
    public static AuditPosition Of(string text) => new(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal).Add("", text));
}
