using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// A configuration with all that it includes, in the order in which smbd reads it: a section goes on in an included file and behind it (tried with
/// 4.17). Where a path differs between clients, every file is read that it can mean.
/// </summary>
internal sealed class SmbConfTree
{
    /// <summary>So many files are read.</summary>
    internal const int MostFiles = 1000;

    /// <summary>So many files are read for one path that differs between clients.</summary>
    internal const int MostMatches = 500;

    private const int DeepestInclude = 10;

    /// <summary>What stands in the names of our own copies of smb.conf; no client is called so.</summary>
    private const string OwnCopy = ".smb1-exporter-";

    private readonly SmbConfSubstitutions _substitutions;
    private readonly Dictionary<string, SmbConfContent> _contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forAll = new(StringComparer.Ordinal);
    private readonly Stack<string> _path = new();
    private readonly HashSet<string> _patterns = new(StringComparer.Ordinal);
    private readonly List<SmbConfSetting> _settings = [];
    private readonly List<SmbConfBlindSpot> _blindSpots = [];

    private SmbConfTree(string configFile, SmbConfSubstitutions substitutions)
    {
        _substitutions = substitutions;
        ConfigFile = configFile;
        var inGlobal = true;
        Walk(configFile, null, ref inGlobal);

        // What is included for everybody says nothing new where a client includes it once more.
        _settings.RemoveAll(setting => setting.Pattern is not null && _forAll.Contains(setting.Place.File));
        _blindSpots.RemoveAll(spot => spot.File is not null && _forAll.Contains(spot.File));
    }

    /// <summary>The file that all begins with.</summary>
    public string ConfigFile { get; }

    /// <summary>All files that are named, and what they were before they were read; null where there is none.</summary>
    public IEnumerable<KeyValuePair<string, FileStatus?>> Files =>
        _contents.Select(content => KeyValuePair.Create(content.Key, content.Value.Status));

    /// <summary>The paths, with <see cref="PathWildcards.Any"/>, that can mean several files.</summary>
    public IReadOnlyCollection<string> Patterns => _patterns;

    /// <summary>What [global] sets, but for parameters that nobody here asks for; the last of a name is in force.</summary>
    public IReadOnlyList<SmbConfSetting> Settings => _settings;

    /// <summary>What may differ between clients and cannot be known.</summary>
    public IReadOnlyList<SmbConfBlindSpot> BlindSpots => _blindSpots;

    /// <summary>Whether there is more for all clients than could be read: the registry, or a file that nobody here can read or find.</summary>
    public bool IsOpaque { get; private set; }

    /// <summary>A file included for all clients that Samba would wait for without end, and by which file; null where there is none. Missing files are none.</summary>
    public (string File, string By, FileKind Kind)? Hazard { get; private set; }

    /// <summary>Whether Samba's process would have to be asked to know what is included.</summary>
    public bool DependsOnProcess { get; private set; }

    /// <summary>The log level in force for all clients as far as files tell; null where none sets one.</summary>
    public SmbConfSetting? LogLevel => _settings.LastOrDefault(setting => setting is { Name: "loglevel" or "debuglevel", Pattern: null });

    /// <summary>Reads a configuration. Never throws: a file that cannot be read has no parameters.</summary>
    public static SmbConfTree Read(string configFile, SmbConfSubstitutions substitutions) => new(configFile, substitutions);

    private void Walk(string file, SmbConfPattern? pattern, ref bool inGlobal)
    {
        if (_path.Contains(file))
        {
            return;
        }

        if (_path.Count > DeepestInclude)
        {
            Miss(pattern, file, $"{file} was not read: it is included by a file that is included, {DeepestInclude} times over");
            return;
        }

        if (!_contents.TryGetValue(file, out var content))
        {
            if (_contents.Count == MostFiles)
            {
                Miss(pattern, file, $"{file} was not read: there are more than {MostFiles} files");
                return;
            }

            content = SmbConfContent.Read(file);
            _contents.Add(file, content);
        }

        if (content.Fault is { } fault)
        {
            Miss(pattern, file, $"{file} cannot be read ({fault})");
        }

        if (pattern is null)
        {
            _forAll.Add(file);
            if (content.Status?.Kind is FileKind.Pipe or FileKind.Device && file != "/dev/null" && _path.TryPeek(out var by))
            {
                Hazard ??= (file, by, content.Status.Value.Kind);
            }
        }

        _path.Push(file);
        foreach (var item in content.Items)
        {
            if (item.BeginsGlobal is { } begins)
            {
                inGlobal = begins;
            }
            else if (item.Name is "include" || (item.Name is "configfile" && inGlobal))
            {
                Include(item, new SmbConfPlace(file, item.Line), pattern, ref inGlobal);
            }
            else if (inGlobal)
            {
                _settings.Add(new SmbConfSetting(item.Name, item.Value, new SmbConfPlace(file, item.Line), pattern));
            }
        }

        _path.Pop();
    }

    private void Include(SmbConfContent.Item item, SmbConfPlace place, SmbConfPattern? pattern, ref bool inGlobal)
    {
        var written = SmbConf.Decode(item.Value);
        var named = $"{(item.Name == "include" ? "include" : "config file")} = {written}";
        if (inGlobal && (item.Name == "configfile" || written.Equals("registry", StringComparison.OrdinalIgnoreCase)))
        {
            _settings.Add(new SmbConfSetting(item.Name, item.Value, place, pattern));
        }

        if (item.Name == "include" && written.Equals("registry", StringComparison.OrdinalIgnoreCase))
        {
            IsOpaque |= pattern is null && inGlobal;
            return;
        }

        DependsOnProcess |= SmbConfSubstitutions.DependsOnProcess(written);
        if (_substitutions.Resolve(written) is not { } path)
        {
            Miss(
                SmbConfSubstitutions.IsSameForAll(written) ? pattern : pattern ?? new SmbConfPattern(named, place),
                null,
                "the folder that it begins in is that in which smbd runs, which is not known");
            return;
        }

        if (!path.Contains(PathWildcards.Any, StringComparison.Ordinal))
        {
            Walk(path, pattern, ref inGlobal);
            return;
        }

        _patterns.Add(path);
        pattern ??= new SmbConfPattern(named, place);
        if (SmbConfSubstitutions.IsSameForAll(written))
        {
            IsOpaque = true;
            Miss(pattern, null, "which file that is depends on smbd's version or environment, which is not known");
        }

        var matches = PathWildcards.Expand(path, MostMatches, out var isCut);
        if (isCut)
        {
            Miss(pattern, null, $"more than {MostMatches} files match, and not all of them were read");
        }

        foreach (var match in matches.Where(match => !match.Contains(OwnCopy, StringComparison.Ordinal)))
        {
            var section = inGlobal;
            var before = _settings.Count;
            Walk(match, pattern, ref section);
            if (item.Name == "configfile" && !_path.Contains(match))
            {
                // What it does not set is as if nobody had set it.
                _settings.RemoveRange(before, _settings.Count - before);
                Miss(pattern, match, $"{match} takes the place of the whole configuration");
            }
        }
    }

    private void Miss(SmbConfPattern? pattern, string? file, string text)
    {
        if (pattern is null)
        {
            IsOpaque = true;
        }
        else
        {
            _blindSpots.Add(new SmbConfBlindSpot(pattern, file, text));
        }
    }
}
