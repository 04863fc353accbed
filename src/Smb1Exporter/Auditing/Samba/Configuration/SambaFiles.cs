using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Reads smb.conf, and sees to it that nothing in it would hang those who read it: us, testparm, smbcontrol.</summary>
internal sealed class SambaFiles(string configFile, TimeProvider timeProvider)
{
    private const int DeepestInclude = 10;
    private const int MostFiles = 1000;

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
        var left = MostFiles;
        return FindHazard(SmbConf.Parse(text), configFile, DeepestInclude, ref left) is { } hazard
            ? (null, hazard)
            : (SmbConf.Parse(text, SmbConfTree.Read(configFile, substitutions)), "");
    }

    /// <summary>An included file that Samba would wait for without end. What it passes over (missing files, directories) is none.</summary>
    private static string? FindHazard(SmbConf conf, string by, int depth, ref int left)
    {
        foreach (var path in conf.ConfigFile is { } other ? conf.Includes.Append(other) : conf.Includes)
        {
            // Which file a substitution stands for differs, and a relative path begins wherever Samba's program runs.
            if (path.Contains('%', StringComparison.Ordinal) || !Path.IsPathRooted(path) || --left < 0)
            {
                continue;
            }

            switch (FileStatusReader.Find(path)?.Kind)
            {
                case FileKind.Regular when depth > 0:
                    if (FindHazard(path, depth - 1, ref left) is { } hazard)
                    {
                        return hazard;
                    }

                    break;
                case (FileKind.Pipe or FileKind.Device) and var kind when path != "/dev/null":
                    return $"{path}, which {by} includes, is {ConfigurationReader.Named(kind)}: who reads it may wait for ever; "
                        + "put a regular file in its place";
            }
        }

        return null;
    }

    private static string? FindHazard(string path, int depth, ref int left)
    {
        try
        {
            return FindHazard(SmbConf.Parse(ConfigurationReader.Read(path)), path, depth, ref left);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Samba meets the same, at once, and testparm tells.
            return null;
        }
    }
}
