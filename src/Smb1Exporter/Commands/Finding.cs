namespace Smb1Exporter.Commands;

/// <summary>One thing that <c>check</c> looked at.</summary>
/// <param name="Level">Whether something is to be done.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Text">What was found, with the remedy when it is a fault.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Text)
{
    public bool IsFault => Level == FindingLevel.Fault;

    public static Finding Ok(string subject, string text) => new(FindingLevel.Ok, subject, text);

    public static Finding Advice(string subject, string text) => new(FindingLevel.Advice, subject, text);

    public static Finding Fault(string subject, string text) => new(FindingLevel.Fault, subject, text);

    /// <summary>The level as <c>check --json</c> names it: <c>ok</c>, <c>hint</c> or <c>fault</c>.</summary>
    public string LevelName => Level switch
    {
        FindingLevel.Fault => "fault",
        FindingLevel.Advice => "hint",
        _ => "ok",
    };

    /// <summary>The line that <c>check</c> prints.</summary>
    public override string ToString() => $"{$"[{(IsFault ? "FAULT" : LevelName)}]",-8}{Subject}: {Text}";
}

/// <summary>Whether something is to be done about a finding.</summary>
internal enum FindingLevel
{
    /// <summary>Nothing.</summary>
    Ok,

    /// <summary>Clients are seen; something would make that surer.</summary>
    Advice,

    /// <summary>It has to be mended for SMB1 clients to be seen.</summary>
    Fault,
}
