using System.Text.RegularExpressions;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>What smbd puts into paths of included files, as far as it is the same for all clients.</summary>
/// <param name="HostName">The host's name.</param>
/// <param name="Version">The version of Samba (%v); null where it is not known.</param>
/// <param name="Environment">The environment of smbd (%$(NAME)); null where it is not known.</param>
/// <param name="WorkingFolder">The folder in which relative paths begin; null where it is not known.</param>
internal sealed partial record SmbConfSubstitutions(
    string HostName, string? Version, IReadOnlyDictionary<string, string>? Environment, string? WorkingFolder)
{
    /// <summary>What can be known without asking Samba.</summary>
    public static SmbConfSubstitutions OfHost { get; } = new(System.Environment.MachineName, null, null, null);

    /// <summary>Whether a path says more once Samba and its process were asked.</summary>
    public static bool DependsOnProcess(string path) => !Path.IsPathRooted(path) || Common().IsMatch(path);

    /// <summary>
    /// The path that is included, with <see cref="PathWildcards.Any"/> for what differs between clients or is not known; null where the folder is
    /// not known that it begins in. A variable that is not set stays as it is written, as smbd leaves it.
    /// </summary>
    public string? Resolve(string path)
    {
        var resolved = Any().Replace(path, match => match.Value switch
        {
            "%h" => HostName.Split('.')[0],
            "%v" when Version is not null => Version,
            ['%', '$', ..] when Environment is not null => Environment.GetValueOrDefault(match.Groups["name"].Value, match.Value),
            _ => $"{PathWildcards.Any}",
        });
        return Path.IsPathRooted(resolved) ? resolved : WorkingFolder is null ? null : Path.Join(WorkingFolder, resolved);
    }

    /// <summary>Whether what is not known of a path is at most what is the same for all clients.</summary>
    public static bool IsSameForAll(string path) => Any().Matches(path).All(match => match.Value is "%h" or "%v" or ['%', '$', ..]);

    [GeneratedRegex(@"%\$\((?<name>[^)]*)\)|%[A-Za-z]")]
    private static partial Regex Any();

    [GeneratedRegex(@"%\$\(|%v")]
    private static partial Regex Common();
}
