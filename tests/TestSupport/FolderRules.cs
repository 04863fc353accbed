using System.Reflection;
using System.Text.RegularExpressions;
using NetArchTest.Rules;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// Checks which folder of a program uses which. A folder is named by its path below the project ("" is the project's own folder). The table lists,
/// for each folder, the other folders that it may use. Every other use is a fault, also between a folder and its parent. The program's start, which
/// has no namespace, has a row of its own: <see cref="Start"/>.
/// </summary>
/// <remarks>
/// Two sources are read. The compiled types show every use of a type, with or without a <c>using</c>, except constants, <c>nameof</c> and
/// <c>catch</c>, which leave no trace that the library reads. The <c>using</c> directives of the source files show those.
/// </remarks>
public sealed partial class FolderRules
{
    /// <summary>The row of the file with the top-level statements.</summary>
    public const string Start = "Program.cs";

    private readonly string _root;
    private readonly IReadOnlyDictionary<string, string[]> _mayUse;
    private readonly Lazy<IReadOnlyList<FolderUse>> _uses;
    private readonly Lazy<IReadOnlyList<SourceFile>> _sources;
    private readonly Lazy<IReadOnlyDictionary<string, string[]>> _types;

    /// <param name="program">The compiled program.</param>
    /// <param name="project">The project's folder below <c>src</c>, which is also its root namespace.</param>
    /// <param name="mayUse">The table.</param>
    public FolderRules(Assembly program, string project, IReadOnlyDictionary<string, string[]> mayUse)
    {
        _root = project;
        _mayUse = mayUse;
        _sources = new(() => ReadSources(project));
        _types = new(() => FindTypes(program));
        _uses = new(() => [.. FindUsesInTypes(program), .. FindUsesInSources()]);
    }

    /// <summary>Folders that have no row in the table, rows without a folder, and files whose namespace is not that of their folder.</summary>
    public IReadOnlyList<string> FindFoldersOutsideTable()
    {
        var folders = _types.Value.Keys.Concat(_sources.Value.Select(source => source.Folder)).ToHashSet(StringComparer.Ordinal);
        var rows = _mayUse.Keys.Concat(_mayUse.Values.SelectMany(used => used)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. folders.Where(folder => !_mayUse.ContainsKey(folder)).Order().Select(folder => $"{Show(folder)} has no row in the table"),
            .. rows.Where(folder => !folders.Contains(folder)).Order().Select(folder => $"{Show(folder)} is in the table, but does not exist"),
            .. _sources.Value.Where(source => source.Folder != Start && source.Namespace != NamespaceOf(source.Folder))
                .Select(source => $"{source.Path} is in the namespace {source.Namespace}, not {NamespaceOf(source.Folder)}"),
        ];
    }

    /// <summary>Uses that the table does not allow, each with the type or the file that contains it.</summary>
    public IReadOnlyList<string> FindForbiddenUses() =>
    [
        .. _uses.Value.Where(use => !Allows(use)).Select(use => $"{Show(use.User)} may not use {Show(use.Used)}: {use.Evidence}").Distinct().Order(),
    ];

    /// <summary>Pairs of the table that no code needs. Left in the table, they would allow a use that nobody decided on.</summary>
    public IReadOnlyList<string> FindUnusedPairs()
    {
        var used = _uses.Value.Select(use => (use.User, use.Used)).ToHashSet();
        return
        [
            .. _mayUse.SelectMany(row => row.Value.Select(other => (User: row.Key, Used: other))).Where(pair => !used.Contains(pair))
                .Select(pair => $"{Show(pair.User)} may use {Show(pair.Used)}, but does not"),
        ];
    }

    /// <summary>Cycles in the table.</summary>
    public IReadOnlyList<string> FindCycles()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var cycles = new List<string>();
        foreach (var folder in _mayUse.Keys)
        {
            Follow(folder, []);
        }

        return cycles;

        void Follow(string folder, List<string> path)
        {
            var met = path.IndexOf(folder);
            if (met >= 0)
            {
                cycles.Add(string.Join(" → ", path.Skip(met).Append(folder).Select(Show)));
            }
            else if (!done.Contains(folder))
            {
                foreach (var next in _mayUse.GetValueOrDefault(folder, []))
                {
                    Follow(next, [.. path, folder]);
                }

                done.Add(folder);
            }
        }
    }

    private static string Show(string folder) => folder.Length == 0 ? "the project's own folder" : folder;

    private static List<SourceFile> ReadSources(string project)
    {
        var top = Repository.PathOf("src", project);
        return
        [
            .. Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(top, file).Replace('\\', '/'))
                .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(file => SourceFile.Read(top, file)),
        ];
    }

    private bool Allows(FolderUse use) => _mayUse.TryGetValue(use.User, out var allowed) && allowed.Contains(use.Used, StringComparer.Ordinal);

    private string NamespaceOf(string folder) => folder switch
    {
        "" => _root,
        Start => "",
        _ => $"{_root}.{folder.Replace('/', '.')}",
    };

    private string? FolderOf(Type type) => type is { Namespace: null, Name: "Program" } ? Start : FolderOf(type.Namespace ?? "");

    private string? FolderOf(string space) => space switch
    {
        _ when space == _root => "",
        _ when space.StartsWith(_root + ".", StringComparison.Ordinal) => space[(_root.Length + 1)..].Replace('.', '/'),
        _ => null,
    };

    // Types that the compiler adds have their own namespaces, or names that start with '<'.
    private Dictionary<string, string[]> FindTypes(Assembly program) => program.GetTypes()
        .Where(type => !type.IsNested && FolderOf(type) is not null && !type.Name.StartsWith('<'))
        .GroupBy(type => FolderOf(type)!, type => type.FullName!, StringComparer.Ordinal)
        .ToDictionary(folder => folder.Key, folder => folder.ToArray(), StringComparer.Ordinal);

    // All types are asked, and put into their folders afterwards: the library's own filter by namespace leaves out some of the nested types, and
    // what an async lambda uses stands in one.
    private List<FolderUse> FindUsesInTypes(Assembly program)
    {
        var folders = _types.Value.SelectMany(folder => folder.Value.Select(type => (Type: type, Folder: folder.Key)))
            .ToDictionary(pair => pair.Type, pair => pair.Folder, StringComparer.Ordinal);
        return
        [
            .. from used in _types.Value
               from type in Types.InAssembly(program).ShouldNot().HaveDependencyOnAny(used.Value).GetResult().FailingTypes ?? []
               let outermost = type.FullName.Split('/')[0]
               where folders.ContainsKey(outermost) && folders[outermost] != used.Key
               select new FolderUse(folders[outermost], used.Key, $"{outermost}: {type.Explanation}"),
        ];
    }

    private IEnumerable<FolderUse> FindUsesInSources() =>
        from source in _sources.Value
        from named in source.Usings
        let used = FindFolder(named)
        where used is not null && used != source.Folder
        select new FolderUse(source.Folder, used, $"{source.Path}: using {named}");

    // A using names a namespace; with "static" or an alias, a type in a namespace.
    private string? FindFolder(string named)
    {
        for (var space = named; space.Length > 0; space = space[..Math.Max(0, space.LastIndexOf('.'))])
        {
            if (FolderOf(space) is { } folder && _types.Value.ContainsKey(folder))
            {
                return folder;
            }
        }

        return null;
    }

    private sealed record FolderUse(string User, string Used, string Evidence);

    private sealed partial record SourceFile(string Path, string Folder, string? Namespace, IReadOnlyList<string> Usings)
    {
        public static SourceFile Read(string top, string path)
        {
            var text = File.ReadAllText(System.IO.Path.Combine(top, path));
            return new(
                path,
                path == Start ? Start : path[..Math.Max(0, path.LastIndexOf('/'))],
                NamespaceLine().Match(text) is { Success: true } line ? line.Groups[1].Value : null,
                [.. UsingLine().Matches(text).Select(match => match.Groups[1].Value)]);
        }

        [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^(?:global\s+)?using\s+(?:static\s+)?(?:\w+\s*=\s*)?([\w.]+)\s*;", RegexOptions.Multiline)]
        private static partial Regex UsingLine();
    }
}
