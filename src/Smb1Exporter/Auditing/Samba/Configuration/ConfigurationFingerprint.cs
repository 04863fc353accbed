using System.Globalization;
using System.Text;
using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// Tells whether a configuration was touched: smb.conf, all that it includes, what it might include for one client, and Samba's registry where it is
/// part of it. Cheap enough to be asked every few seconds: the files are only looked at, and read again only after one of them changed.
/// </summary>
/// <remarks>Relative paths of included files are left out: which folder they begin in only smbd's process tells.</remarks>
internal sealed class ConfigurationFingerprint(string configFile, TimeProvider timeProvider)
{
    /// <summary>Where Samba has its registry unless "state directory" says otherwise.</summary>
    private const string DefaultStateFolder = "/var/lib/samba";

    private string[] _files = [];
    private string[] _patterns = [];
    private string _state = "";
    private string _fingerprint = "";

    /// <summary>
    /// A text that differs from the last one if a file was written, replaced, removed or came into being, be it that it is the same again by now. It
    /// stays the same over a restart of this program and of the machine. Not for two callers at once.
    /// </summary>
    /// <exception cref="IOException">The file system does not answer.</exception>
    public Task<string> ReadAsync(CancellationToken cancellationToken) =>
        BoundedAccess.RunAsync($"fingerprint of {configFile}", Read, timeProvider, cancellationToken);

    private string Read()
    {
        if (_fingerprint.Length == 0 || StateOf(_files, _patterns, FileStatusReader.Find) != _state)
        {
            var tree = SmbConfTree.Read(configFile, SmbConfSubstitutions.OfHost);
            var read = tree.Files.ToDictionary(file => file.Key, file => file.Value, StringComparer.Ordinal);
            _files = [.. read.Keys.Concat(RegistryOf(tree)).Order(StringComparer.Ordinal)];
            _patterns = [.. tree.Patterns.Order(StringComparer.Ordinal)];

            // As it was before it was read: what was written meanwhile is seen at the next look.
            _state = StateOf(_files, _patterns, file => read.TryGetValue(file, out var status) ? status : FileStatusReader.Find(file));
            _fingerprint = Convert.ToHexStringLower(Sha256.Of(Encoding.UTF8.GetBytes(_state)));
        }

        return _fingerprint;
    }

    private static IEnumerable<string> RegistryOf(SmbConfTree tree) =>
        tree.Settings.Any(setting => setting is { Name: "include" } or { Name: "configbackend" })
            ? [Path.Join(SmbConf.Decode(tree.Settings.LastOrDefault(setting => setting.Name == "statedirectory")?.Value) ?? DefaultStateFolder, "registry.tdb")]
            : [];

    private static string StateOf(string[] files, string[] patterns, Func<string, FileStatus?> find)
    {
        var state = new StringBuilder();
        foreach (var file in files)
        {
            Append(state, file, find(file));
        }

        foreach (var file in patterns.SelectMany(pattern => PathWildcards.Expand(pattern, SmbConfTree.MostMatches, out _)))
        {
            Append(state, file, Array.BinarySearch(files, file, StringComparer.Ordinal) < 0 ? find(file) : null);
        }

        return state.ToString();
    }

    private static void Append(StringBuilder state, string file, FileStatus? status)
    {
        state.Append(file).Append('\0');
        if (status is { } found)
        {
            // Without the device, whose number may be another one after the machine was started anew.
            state.Append(
                CultureInfo.InvariantCulture,
                $"{found.Kind} {found.Identity.Inode} {found.Identity.Birth} {found.Size} {found.LastWrite} {found.LastChange}");
        }

        state.Append('\n');
    }
}
