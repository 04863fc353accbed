namespace Smb1Exporter.Probing;

/// <summary>Where the SMB servers of this machine listen.</summary>
/// <param name="Certainty">How certain it is that these are all.</param>
/// <param name="Sockets">The sockets, by port and address; those that cannot be connected to from here are among them.</param>
/// <param name="Detail">The same in sentences, for people; says what is not certain and why.</param>
internal sealed record ListeningReport(ListeningCertainty Certainty, IReadOnlyList<ListeningSocket> Sockets, string Detail)
{
    /// <summary>The processes that hold the sockets, as far as they are known, by process id.</summary>
    public IReadOnlyList<ListeningServer> Servers { get; init; } = [];
}
