using Smb1Exporter.State;

namespace Smb1Exporter.Exposition;

/// <summary>
/// What a scrape knows of the clients before it collects, since it was shown already: then their instruments, which are almost all of an answer,
/// need measure nothing.
/// </summary>
/// <param name="version">Which clients are known (<see cref="AttemptTotals.ClientsVersion"/>); null for none.</param>
internal sealed class KnownClients(long? version)
{
    /// <summary>Whether the picture that was collected shows nothing else of clients than what is known.</summary>
    public bool AreCurrent { get; private set; }

    /// <summary>Which clients the picture shows; null where they will be shown otherwise by and by, without anything being counted.</summary>
    public long? Version { get; private set; }

    /// <summary>Notes the picture that is collected.</summary>
    public void SetPicture(Exposition picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        Version = picture.Timestamp >= picture.Totals.ClientsHeldUntil ? picture.Totals.ClientsVersion : null;
        AreCurrent = version is not null && version == Version;
    }
}
