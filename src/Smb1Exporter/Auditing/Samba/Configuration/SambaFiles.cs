namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Reads smb.conf, and sees to it that nothing in it would hang those who read it: us, testparm, smbcontrol.</summary>
internal sealed class SambaFiles(string configFile, TimeProvider timeProvider)
{
    /// <summary>Reads smb.conf and what it includes.</summary>
    /// <param name="substitutions">What smbd puts into the paths of included files.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Null and the reason, with the remedy, when it cannot be read, or when it includes what nobody can read.</returns>
    public async Task<(SmbConf? Conf, string Error)> ReadAsync(
        SmbConfSubstitutions substitutions, CancellationToken cancellationToken)
    {
        try
        {
            var name = ReferenceEquals(substitutions, SmbConfSubstitutions.OfHost) ? configFile : $"{configFile} as smbd reads it";
            return await BoundedAccess.RunAsync(name, () => Read(substitutions), timeProvider, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"{configFile} does not exist; install Samba, or set Exporter:Samba:ConfigFile to the file smbd runs with");
        }
        catch (UnauthorizedAccessException e)
        {
            return (null, $"{configFile} cannot be read ({e.Message}); run smb1-exporter as root");
        }
        catch (IOException e)
        {
            return (null, $"{configFile} cannot be read: {e.Message}; mend it, or set Exporter:Samba:ConfigFile to the file smbd runs with");
        }
    }

    private (SmbConf? Conf, string Error) Read(SmbConfSubstitutions substitutions)
    {
        var text = ConfigurationReader.Read(configFile);
        var tree = SmbConfTree.Read(configFile, substitutions);
        return tree.Hazard is { } hazard
            ? (null, $"{hazard.File}, which {hazard.By} includes, is {ConfigurationReader.Named(hazard.Kind)}: who reads it may wait for ever; put a regular file in its place")
            : (SmbConf.Parse(text, tree), "");
    }
}
