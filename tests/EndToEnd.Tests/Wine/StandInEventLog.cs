using System.Globalization;
using System.Text;

namespace Smb1Exporter.EndToEnd.Tests.Wine;

/// <summary>
/// One channel of the stand-in event log: the file that tests/WineStandIns/wevtapi reads, whose channel.h says what the format is.
/// Each change puts a new file in the place of the old one. For one thread at a time.
/// </summary>
internal sealed class StandInEventLog
{
    private const string Provider = "Microsoft-Windows-SMBServer";

    private readonly string _channel;
    private readonly string _file;
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly List<string> _lines = [];
    private int _generation = 1;

    /// <summary>Makes the channel, empty.</summary>
    /// <param name="folder">The folder that the stand-in reads.</param>
    /// <param name="name">Audit or Operational.</param>
    public StandInEventLog(string folder, string name)
    {
        _channel = $"{Provider}/{name}";
        _file = Path.Combine(folder, $"{_channel.Replace('/', '_')}.channel");
        Save();
    }

    /// <summary>The number that the next record gets.</summary>
    public long NextRecord { get; private set; } = 1;

    /// <summary>What the file says now, which the exporter may have changed.</summary>
    public bool IsEnabled => !File.ReadLines(_file).TakeWhile(line => line.Length > 0).Contains("enabled=0");

    /// <summary>Event 3000 with the client in EventData.</summary>
    /// <param name="client">What Windows writes as its ClientName.</param>
    /// <param name="age">How long ago it was.</param>
    /// <param name="message">The event's text in the language of the host, as a forwarded event carries it.</param>
    public void WriteAttempt(string client, TimeSpan age = default, string? message = null)
    {
        AddAttempts(
            client, 1, age, message is null ? "" : $"<RenderingInfo Culture=\"de-DE\"><Message>{message}</Message></RenderingInfo>");
        Save();
    }

    /// <summary>As many events 3000, in one change.</summary>
    public void WriteAttempts(string client, int count)
    {
        AddAttempts(client, count);
        Save();
    }

    /// <summary>Event 3000 with the client as an element of UserData, as other events of the provider have their fields.</summary>
    public void WriteAttemptAsUserData(string client) =>
        Write(3000, 0, $"""<UserData><EventData xmlns="Smb3"><ClientName>{client}</ClientName></EventData></UserData>""");

    /// <summary>Event 1001, which has no field in version 1, and stands for <paramref name="count"/> rejections in version 0.</summary>
    public void WriteRejection(int version, int count = 1) => Write(1001, version, version > 0
        ? ""
        : "<UserData><EventData xmlns=\"Smb3\"><ClientNameLength>8</ClientNameLength><ClientName>10.0.0.1</ClientName>"
            + $"<LogEventCount>{count}</LogEventCount></EventData></UserData>");

    /// <summary>An event of the same provider that does not concern SMB1.</summary>
    public void WriteOther(int id, string data = "") => Write(id, 0, data);

    /// <summary>Event 3000 with this for its XML.</summary>
    public void WriteRaw(string xml)
    {
        AddLine(3000, 0, Text(), xml);
        Save();
    }

    /// <summary>Record numbers that nobody gets to see.</summary>
    public void Jump(int by) => NextRecord += by;

    public void Clear(bool numbersStartAnew)
    {
        _lines.Clear();
        _generation++;
        NextRecord = numbersStartAnew ? 1 : NextRecord;
        Save();
    }

    /// <summary>Attempts of a client overwrite the oldest records, of which so many are kept.</summary>
    public void WriteAndWrap(string client, int attempts, int keep)
    {
        AddAttempts(client, attempts);
        _lines.RemoveRange(0, _lines.Count - keep);
        Set("fileBytes", "8388608");
    }

    /// <summary>The channel is gone.</summary>
    public void Remove() => File.Delete(_file);

    /// <summary>Sets a header line, see parse_header of the stand-in; brings a removed channel back.</summary>
    public void Set(string key, string value)
    {
        _settings[key] = value;
        Save(enabledIsSet: key == "enabled");
    }

    private void AddAttempts(string client, int count, TimeSpan age = default, string rendering = "")
    {
        for (var i = 0; i < count; i++)
        {
            Add(3000, 0, $"""<EventData><Data Name="ClientName">{client}</Data></EventData>{rendering}""", age);
        }
    }

    private void Write(int id, int version, string data)
    {
        Add(id, version, data);
        Save();
    }

    private void Add(int id, int version, string data, TimeSpan age = default)
    {
        var created = Text(age);
        AddLine(
            id,
            version,
            created,
            "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>"
                + $"<Provider Name=\"{Provider}\" Guid=\"{{d48ce617-33a2-4bc3-a5c7-11aa4f29619e}}\"/><EventID>{id}</EventID>"
                + $"<Version>{version}</Version><Level>4</Level><Task>0</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
                + $"<TimeCreated SystemTime=\"{created}\"/><EventRecordID>{NextRecord}</EventRecordID><Correlation/>"
                + $"<Execution ProcessID=\"4\" ThreadID=\"6120\"/><Channel>{_channel}</Channel><Computer>FS01.contoso.example</Computer>"
                + $"<Security UserID=\"S-1-5-18\"/></System>{data}</Event>");
    }

    private void AddLine(int id, int version, string created, string xml) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{NextRecord++}\t{id}\t{Provider}\t{created}\t{version}\t{xml}"));

    private void Save(bool enabledIsSet = false)
    {
        if (!enabledIsSet && File.Exists(_file))
        {
            _settings["enabled"] = IsEnabled ? "1" : "0";
        }

        // "enabled" comes first: there the stand-in looks for it when the exporter sets it.
        var text = new StringBuilder();
        foreach (var (key, value) in _settings.OrderByDescending(setting => setting.Key == "enabled"))
        {
            text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"generation={_generation}\n\n").AppendJoin('\n', _lines);
        File.WriteAllText($"{_file}.new", text.ToString());
        File.Move($"{_file}.new", _file, overwrite: true);
    }

    private static string Text(TimeSpan age = default) =>
        (TimeProvider.System.GetUtcNow() - age).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
