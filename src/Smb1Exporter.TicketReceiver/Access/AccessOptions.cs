namespace Smb1Exporter.TicketReceiver.Access;

/// <summary>Settings of who is let in.</summary>
internal sealed record AccessOptions
{
    /// <summary>The file that holds the token which senders and readers must show; null: none is asked for, and only loopback is served.</summary>
    public string? TokenFile { get; init; }

    /// <param name="reader">The section <c>Receiver</c>.</param>
    public static AccessOptions Read(SectionReader reader) => new()
    {
        TokenFile = reader.Value<string?>(nameof(TokenFile), null, Path.GetFullPath, "a path"),
    };
}
