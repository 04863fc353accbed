using System.Globalization;
using Smb1Exporter.TicketReceiver.Composing;

namespace Smb1Exporter.TicketReceiver.Hosting;

/// <summary>Reads section <c>Receiver</c>. Whatever is wrong in it is reported together, each with its key, value and remedy.</summary>
internal sealed class ReceiverOptionsReader
{
    private readonly IConfigurationSection _section;
    private readonly List<string> _faults = [];

    private ReceiverOptionsReader(IConfiguration configuration) => _section = configuration.GetSection(ReceiverKeys.Section);

    /// <exception cref="StartException">A key is unknown or a value is wrong.</exception>
    public static ReceiverOptions Read(IConfiguration configuration)
    {
        var reader = new ReceiverOptionsReader(configuration);
        reader.CheckKeys();
        var options = reader.ReadAll();
        return reader._faults.Count == 0 ? options : throw new StartException(string.Join('\n', reader._faults));
    }

    private ReceiverOptions ReadAll() => new()
    {
        Database = Read(nameof(ReceiverOptions.Database), DefaultDatabase(), Path.GetFullPath, "a path"),
        TokenFile = Read<string?>(nameof(ReceiverOptions.TokenFile), null, Path.GetFullPath, "a path"),
        TicketingSystem = ReadEnum(nameof(ReceiverOptions.TicketingSystem), TicketingSystemKind.BuiltIn),
        Repeat = ReadEnum(nameof(ReceiverOptions.Repeat), RepeatMode.Continuous),
        SubjectTemplate = ReadTemplate(nameof(ReceiverOptions.SubjectTemplate), TicketTemplate.DefaultSubject, TicketTemplate.ForSubject),
        BodyTemplate = ReadTemplate(nameof(ReceiverOptions.BodyTemplate), TicketTemplate.DefaultBody, TicketTemplate.ForBody),
        MaxRequestBytes = Read(
            nameof(ReceiverOptions.MaxRequestBytes), 4L * 1024 * 1024, ParseSize, "a whole number of bytes from 1024 to 1073741824 (1 GiB)"),
        DuplicateWindow = Read(
            nameof(ReceiverOptions.DuplicateWindow), TimeSpan.FromMinutes(5), ParseWindow, "a time from 00:00:00 to 1.00:00:00, as hours:minutes:seconds"),
    };

    private void CheckKeys()
    {
        if (!string.IsNullOrEmpty(_section.Value))
        {
            _faults.Add($"{ReceiverKeys.Section}: \"{Shown(_section.Value)}\" is not a section. Set {ReceiverKeys.Section}:KEY, with KEY one of {Known}.");
        }

        foreach (var child in _section.GetChildren())
        {
            if (!ReceiverKeys.All.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                _faults.Add(
                    $"{child.Path}: unknown setting{(child.Value is { } value ? $" (value \"{Shown(value)}\")" : "")}"
                    + $"{ReceiverKeys.DidYouMean(child.Key, ReceiverKeys.All)} Known settings are {Known}. Correct or remove it.");
            }
            else if (child.GetChildren().Any())
            {
                _faults.Add($"{child.Path}: must be a single value, not a section or a list.");
            }
        }
    }

    private static string Known => string.Join(", ", ReceiverKeys.All);

    private T Read<T>(string key, T otherwise, Func<string, T> parse, string expected)
    {
        var value = _section[key];
        if (string.IsNullOrWhiteSpace(value))
        {
            return otherwise;
        }

        try
        {
            return parse(value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException or PathTooLongException)
        {
            _faults.Add($"{ReceiverKeys.Section}:{key}: \"{Shown(value)}\" is not {expected}. Correct it, or remove it to use the default.");
            return otherwise;
        }
    }

    private T ReadEnum<T>(string key, T otherwise) where T : struct, Enum =>
        Read(
            key,
            otherwise,
            value => Enum.GetNames<T>().FirstOrDefault(name => name.Equals(value.Trim(), StringComparison.OrdinalIgnoreCase)) is { } name
                ? Enum.Parse<T>(name)
                : throw new FormatException(),
            $"one of {string.Join(", ", Enum.GetNames<T>())}");

    // Told apart from other values: an empty one is a mistake, and the reason is the template's own.
    private TicketTemplate ReadTemplate(string key, string otherwise, Func<string, TicketTemplate> parse)
    {
        try
        {
            return parse(_section[key] ?? otherwise);
        }
        catch (FormatException e)
        {
            _faults.Add($"{ReceiverKeys.Section}:{key}: \"{Shown(_section[key]!)}\": {e.Message}.");
            return parse(otherwise);
        }
    }

    private static long ParseSize(string value) =>
        long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) is >= 1024 and <= 1024 * 1024 * 1024 and var size
            ? size
            : throw new FormatException();

    private static TimeSpan ParseWindow(string value) =>
        TimeSpan.ParseExact(value, ["c", @"h\:mm\:ss", @"h\:mm"], CultureInfo.InvariantCulture) is var window
            && window >= TimeSpan.Zero && window <= TimeSpan.FromDays(1)
            ? window
            : throw new FormatException();

    private static string Shown(string value) => SafeText.Line(value) ?? "";

    private static string DefaultDatabase() => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "smb1-ticket-receiver", "tickets.db")
        : "/var/lib/smb1-ticket-receiver/tickets.db";
}
