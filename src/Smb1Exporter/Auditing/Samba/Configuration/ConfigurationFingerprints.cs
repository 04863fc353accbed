namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>The fingerprints of several configurations, each of which begins with an smb.conf. One caller at a time.</summary>
/// <param name="timeProvider">The clock.</param>
internal sealed class ConfigurationFingerprints(TimeProvider timeProvider)
{
    private readonly Dictionary<string, ConfigurationFingerprint> _byFile = new(StringComparer.Ordinal);

    /// <summary>What changes when a file of the configuration was written; where it cannot be looked at, why.</summary>
    public async Task<string> OfAsync(string configFile, CancellationToken cancellationToken)
    {
        if (!_byFile.TryGetValue(configFile, out var fingerprint))
        {
            _byFile[configFile] = fingerprint = new ConfigurationFingerprint(configFile, timeProvider);
        }

        try
        {
            return await fingerprint.ReadAsync(cancellationToken);
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}
