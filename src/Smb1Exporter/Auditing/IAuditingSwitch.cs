namespace Smb1Exporter.Auditing;

/// <summary>The state of SMB1 and of its auditing on this host.</summary>
/// <param name="ServerEnabled">Whether this host serves SMB1; null when it could not be told.</param>
/// <param name="AuditingEnabled">Whether SMB1 connections are audited into the log that is read; null when it could not be told.</param>
/// <param name="Detail">What was found, or why it could not be told, with the remedy; made a sentence.</param>
internal sealed record AuditingState(bool? ServerEnabled, bool? AuditingEnabled, string Detail)
{
    /// <inheritdoc cref="AuditingState(bool?, bool?, string)" path="/param[@name='Detail']" />
    public string Detail { get; init; } = Wording.Sentence(Detail);

    /// <summary>
    /// What makes the audit less trustworthy although it is on (records that can be lost or forged), with the remedy, as sentences; empty when
    /// nothing does.
    /// </summary>
    public string Warning { get; init; } = "";

    /// <summary>
    /// Why sessions of some clients may leave no record although those of this machine do, with the remedy: sentences; empty where nothing is known
    /// that would keep them from it. No time is covered then.
    /// </summary>
    public string Unseen { get; init; } = "";

    /// <summary>What keeps the audit from being trusted although it is on; empty when nothing does.</summary>
    public string Doubts => Join(Warning, Unseen);

    /// <summary>All that there is to say.</summary>
    public string Explanation => Join(Detail, Warning, Unseen);

    private static string Join(params string[] sentences) => string.Join(' ', sentences.Where(sentence => sentence.Length > 0));

    /// <summary>Whether switching it on takes a change of the configuration. False where that says "on" already, and only has to be taken over.</summary>
    public bool NeedsChange { get; init; } = true;

    /// <summary>False where auditing is off and switching it on would not help: <see cref="Detail"/> says what would.</summary>
    public bool CanBeSwitchedOn { get; init; } = true;
}

/// <summary>What came of switching auditing on.</summary>
/// <param name="Enabled">True only when a fresh read of the state says that auditing is on.</param>
/// <param name="Detail">What was done, or why it failed, with the remedy; made a sentence.</param>
internal sealed record EnableOutcome(bool Enabled, string Detail)
{
    /// <inheritdoc cref="EnableOutcome(bool, string)" path="/param[@name='Detail']" />
    public string Detail { get; init; } = Wording.Sentence(Detail);

    /// <summary>
    /// Whether the configuration was changed on the way, be it that it was put back: such a try is not repeated soon. Default: if it succeeded.
    /// </summary>
    public bool Changed { get; init; } = Enabled;
}

/// <summary>Looks at, and switches on, the auditing of SMB1 on this host.</summary>
internal interface IAuditingSwitch
{
    /// <summary>Looks, changing nothing. Never throws but for cancellation: what cannot be told is null, with the reason.</summary>
    Task<AuditingState> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Switches auditing on and reads back. Never throws but for cancellation.</summary>
    Task<EnableOutcome> EnableAsync(CancellationToken cancellationToken);
}
