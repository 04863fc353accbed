namespace Smb1Exporter.State;

/// <summary>What DNS said of a client.</summary>
/// <param name="Address">The client.</param>
/// <param name="Name">Its canonical name; null when there is none.</param>
/// <param name="Time">When it was answered.</param>
/// <param name="IsUnanswered">Whether nobody could tell: then what is known stands.</param>
internal sealed record NameAnswer(string Address, string? Name, DateTimeOffset Time, bool IsUnanswered = false);
