using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Smb1Exporter.Configuration;

/// <summary>
/// Reads the values of one section. Whatever is wrong in it is collected, each with its key, value and remedy, and told at once by
/// <see cref="ThrowIfWrong"/>; meanwhile the default stands in. An empty value is as good as none.
/// </summary>
/// <param name="configuration">Where the section is.</param>
/// <param name="section">Its name.</param>
public sealed class SectionReader(IConfiguration configuration, string section)
{
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36500);

    private readonly IConfigurationSection _section = configuration.GetSection(section);
    private readonly List<string> _keys = [];
    private readonly HashSet<string> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _problems = [];
    private readonly List<string> _secretKeys = [];
    private readonly List<Secret> _secrets = [];
    private readonly List<KeyValuePair<string, string>> _effective = [];

    /// <summary>The keys read so far: all that may stand in the section.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>The values that hold, in the order in which they were read; of a secret only that there is one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Effective => _effective;

    /// <summary>The secrets that are set; whether their files can be read was not asked yet.</summary>
    public IReadOnlyList<Secret> Secrets => _secrets;

    /// <summary>Whether a key has a value, right or wrong.</summary>
    public bool IsSet(string key) => !string.IsNullOrWhiteSpace(_section[key]);

    /// <summary>A text without control characters, taken as it is.</summary>
    [return: NotNullIfNotNull(nameof(otherwise))]
    public string? Text(string key, string? otherwise) =>
        Value(key, otherwise, text => text.Any(char.IsControl) ? throw new FormatException() : text, "a text without control characters");

    /// <summary>True or false.</summary>
    public bool Flag(string key, bool otherwise) => Value(key, otherwise, bool.Parse, "true or false");

    /// <summary>A whole number in decimal digits.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="least">The smallest allowed.</param>
    /// <param name="most">The largest allowed.</param>
    /// <param name="what">What it is a number of, for the message.</param>
    public T Number<T>(string key, T otherwise, T least, T most, string what = "a whole number")
        where T : struct, IBinaryInteger<T> => Value(
            key,
            otherwise,
            text => T.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : throw new FormatException(),
            $"{what} from {least} to {most}");

    /// <summary>One of the names of <typeparamref name="T"/>, in any case; never its number.</summary>
    public T Choice<T>(string key, T otherwise)
        where T : struct, Enum => Value(
            key,
            otherwise,
            text => Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse<T>(name)
                : throw new FormatException(),
            $"one of {string.Join(", ", Enum.GetNames<T>())}");

    /// <summary>A duration as <c>[days.]hours:minutes[:seconds]</c>. A bare number is none: .NET would take it for days.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="least">The shortest allowed.</param>
    /// <param name="most">The longest allowed; null for a hundred years.</param>
    public TimeSpan Duration(string key, TimeSpan otherwise, TimeSpan least, TimeSpan? most = null) => Value(
        key,
        otherwise,
        text => text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value)
            && value >= least
            && value <= (most ?? LongestDuration)
                ? value
                : throw new FormatException(),
        $"a duration {(most is null ? $"of at least {least}" : $"from {least} to {most}")} as [days.]hours:minutes:seconds, "
        + "for example 00:02:00 or 1.00:00:00");

    /// <summary>A list: <c>Key:0</c>, <c>Key:1</c>, …, or one text with commas. Empty items do not count.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="check">Throws <see cref="FormatException"/> when an item is wrong; its message names the item and the remedy.</param>
    public IReadOnlyList<string> List(string key, Action<IReadOnlyList<string>> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        _lists.Add(key);
        var list = _section.GetSection(key);
        var items = list.Value is null ? list.GetChildren().Select(item => item.Value ?? "") : list.Value.Split(',');
        IReadOnlyList<string> values = [.. items.Select(item => item.Trim()).Where(item => item.Length > 0)];
        return Read(
            key,
            values,
            _ =>
            {
                check(values);
                return values;
            },
            [],
            e => $"{Wording.Shown(e.Message, longest: 1000)}.");
    }

    /// <summary>An absolute address with one of the schemes, without a user name, a query or a fragment; it ends in a slash.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="schemes">Those allowed, for example <c>https</c>.</param>
    public Uri? Address(string key, params string[] schemes) => Read<string, Uri?>(
        key,
        string.IsNullOrWhiteSpace(_section[key]) ? null : _section[key],
        text => Uri.TryCreate(text.Trim().TrimEnd('/') + '/', UriKind.Absolute, out var address)
            && schemes.Contains(address.Scheme, StringComparer.Ordinal)
            && address is { UserInfo: "", Query: "", Fragment: "" }
                ? address
                : throw new FormatException(),
        null,

        // What stands before an @ may be a password.
        _ => $"'{Wording.Shown(_section[key]![(_section[key]!.LastIndexOf('@') + 1)..])}' is not an address such as {schemes[0]}://host.example, "
            + "without a user name or a query. Correct it, or remove it to use the default.");

    /// <summary>
    /// A password or token: in the file that <c>KEYFile</c> names, or in the environment. In a settings file or on a command line others
    /// could read it, so there it is an error.
    /// </summary>
    /// <param name="key">The key in the section, without <c>File</c>.</param>
    public Secret? Secret(string key)
    {
        var file = Value<Secret?>($"{key}File", null, path => Configuration.Secret.InFile($"{section}:{key}File", path), "a path");
        if (file is not null)
        {
            _effective[^1] = new($"{key}File", _section[$"{key}File"]!);
        }

        _keys.Add(key);
        _secretKeys.Add(key);
        if (file is not null)
        {
            _secrets.Add(file);
        }

        if (string.IsNullOrEmpty(_section[key]))
        {
            return file;
        }

        _effective.Add(new(key, Configuration.Secret.Redacted));
        if (!IsFromEnvironment($"{section}:{key}"))
        {
            _problems.Add(
                $"{section}:{key}: a secret may stand in the environment ({section}__{key.Replace(":", "__", StringComparison.Ordinal)}) or in a file only. "
                + $"Name the file with {section}:{key}File.");
        }

        if (file is not null)
        {
            _problems.Add($"{section}:{key}: {section}:{key}File is set too. Remove one of them.");
            return file;
        }

        var secret = Configuration.Secret.Of($"{section}:{key}", _section[key]!);
        _secrets.Add(secret);
        return secret;
    }

    /// <summary>A list of groups of values: <c>Key:0:Name</c>, <c>Key:1:Name</c>, …</summary>
    /// <param name="key">The key of the list in the section.</param>
    /// <param name="read">Reads one group; it gets what stands before the names, <c>Key:0:</c>, and must read the same names each time.</param>
    public IReadOnlyList<T> Groups<T>(string key, Func<string, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);

        // For the list of keys, and so that a wrong name is told by the right ones; nobody sets such a key.
        const string Example = "N";
        var shown = _effective.Count;
        read($"{key}:{Example}:");
        _effective.RemoveRange(shown, _effective.Count - shown);
        return [.. _section.GetSection(key).GetChildren().Select(group => read($"{key}:{group.Key}:"))];
    }

    /// <summary>Adds what is wrong with a value in the light of others.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="problem">What is wrong and what to do.</param>
    public void Reject(string key, string problem) => _problems.Add($"{section}:{key}: {problem}");

    /// <summary>Any value that a function can parse.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="otherwise">The default, also for an empty value.</param>
    /// <param name="parse">Throws <see cref="FormatException"/> or <see cref="ArgumentException"/> when the text is wrong.</param>
    /// <param name="expected">What the value should be, for the message.</param>
    public T Value<T>(string key, T otherwise, Func<string, T> parse, string expected) => Read(
        key,
        string.IsNullOrWhiteSpace(_section[key]) ? null : _section[key],
        parse,
        otherwise,
        _ => $"'{Wording.Shown(_section[key]!)}' is not {expected}. Correct it, or remove it to use the default.");

    /// <summary>A value for which empty is not the same as none, and whose parser says what is wrong with it.</summary>
    /// <param name="key">The key in the section.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="parse">Throws <see cref="FormatException"/> with the reason when the text is wrong.</param>
    public T Given<T>(string key, T otherwise, Func<string, T> parse) =>
        Read(key, _section[key], parse, otherwise, e => $"'{Wording.Shown(_section[key]!)}': {e.Message}.");

    /// <summary>To be called when all keys have been read.</summary>
    /// <exception cref="StartupException">A value is wrong or a key unknown.</exception>
    public void ThrowIfWrong()
    {
        CheckKeys(_section, "");
        if (_problems.Count > 0)
        {
            throw StartupException.Of("The configuration", _problems);
        }
    }

    private T Read<TText, T>(string key, TText? text, Func<TText, T> parse, T otherwise, Func<Exception, string> explain)
        where TText : class
    {
        _keys.Add(key);
        try
        {
            var value = text is null ? otherwise : parse(text);
            _effective.Add(new(key, Format(value)));
            return value;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or PathTooLongException)
        {
            _problems.Add($"{section}:{key}: {explain(e)}");
            return otherwise;
        }
    }

    private static string Format<T>(T value) => value switch
    {
        null => "",
        IEnumerable<string> list => string.Join(", ", list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private bool IsFromEnvironment(string path) =>
        configuration is IConfigurationRoot root
        && root.Providers.LastOrDefault(provider => provider.TryGet(path, out _)) is EnvironmentVariablesConfigurationProvider;

    private void CheckKeys(IConfigurationSection group, string prefix)
    {
        if (!string.IsNullOrEmpty(group.Value))
        {
            var keys = _keys.Where(key => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(key => key[prefix.Length..]);
            _problems.Add(
                $"{group.Path}: '{Wording.Shown(group.Value)}' is not a section. Set {group.Path}:KEY, with KEY one of {string.Join(", ", keys)}.");
        }

        foreach (var child in group.GetChildren())
        {
            var key = prefix + child.Key;
            if (_keys.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                CheckShape(child, isList: _lists.Contains(key));
            }
            else if (_keys.Exists(known => known.StartsWith($"{key}:", StringComparison.OrdinalIgnoreCase)))
            {
                CheckKeys(child, $"{key}:");
            }
            else
            {
                AddUnknown(child, key);
            }
        }
    }

    private void CheckShape(IConfigurationSection child, bool isList)
    {
        if (isList ? child.GetChildren().Any(item => item.GetChildren().Any()) : child.GetChildren().Any())
        {
            _problems.Add($"{child.Path}: must be {(isList ? "a list of single values" : "a single value, not a section or a list")}.");
        }
    }

    private void AddUnknown(IConfigurationSection unknown, string key)
    {
        var inside = unknown.GetChildren().ToList();
        if (unknown.Value is not null || inside.Count == 0)
        {
            var nearest = Wording.Nearest(key, _keys);

            // A misspelt secret is still one.
            var value = unknown.Value is null || (nearest is not null && _secretKeys.Contains(nearest)) ? "" : $" (value '{Wording.Shown(unknown.Value)}')";
            var hint = nearest is not null
                ? $"Did you mean {section}:{nearest}?"
                : $"Keys of {section} are {string.Join(", ", _keys)}.";
            _problems.Add($"{Wording.Shown(unknown.Path)}{value} is not a setting. {hint} Correct or remove it.");
        }

        inside.ForEach(child => AddUnknown(child, $"{key}:{child.Key}"));
    }
}
