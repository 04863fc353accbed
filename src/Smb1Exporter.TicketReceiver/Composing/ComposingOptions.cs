namespace Smb1Exporter.TicketReceiver.Composing;

/// <summary>Settings of what a ticket says.</summary>
internal sealed record ComposingOptions
{
    /// <summary>The subject of a ticket. Default: the prescribed one.</summary>
    public required TicketTemplate SubjectTemplate { get; init; }

    /// <summary>The body of a ticket and of a note. Default: the prescribed one.</summary>
    public required TicketTemplate BodyTemplate { get; init; }

    /// <param name="reader">The section <c>Receiver</c>.</param>
    public static ComposingOptions Read(SectionReader reader) => new()
    {
        SubjectTemplate = reader.Given(nameof(SubjectTemplate), TicketTemplate.ForSubject(TicketTemplate.DefaultSubject), TicketTemplate.ForSubject),
        BodyTemplate = reader.Given(nameof(BodyTemplate), TicketTemplate.ForBody(TicketTemplate.DefaultBody), TicketTemplate.ForBody),
    };
}
