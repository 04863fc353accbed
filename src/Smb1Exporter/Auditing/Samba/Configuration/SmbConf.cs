using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>What became of an attempt to write auditing into a configuration.</summary>
/// <param name="Text">The text with auditing on (the same text when it was on already); null when it was refused.</param>
/// <param name="Refusal">Why it was refused, with the remedy.</param>
internal sealed record SmbConfEdit(string? Text, string? Refusal);

/// <summary>
/// The parts of an smb.conf that decide about auditing, and the change that switches auditing on. Text is the file's bytes as Latin-1,
/// so that everything that is not changed stays byte for byte.
/// </summary>
internal sealed class SmbConf
{
    private readonly SmbConfLine? _globalHeader;
    private readonly SmbConfLine? _afterGlobalHeader;
    private readonly SmbConfParameter? _logLevel;

    private SmbConf(
        string text, SmbConfLine? globalHeader, SmbConfLine? afterGlobalHeader, IReadOnlyList<SmbConfParameter> global, SmbConfTree? tree)
    {
        Text = text;
        Tree = tree;
        _globalHeader = globalHeader;
        _afterGlobalHeader = afterGlobalHeader;

        // The last one wins, and one without a value changes nothing (tried with smbd 4.17).
        _logLevel = global.LastOrDefault(parameter => parameter.Name is "loglevel" or "debuglevel" && parameter.Value.Length > 0);
        LogLevel = _logLevel is null ? null : SambaLogLevel.Parse(_logLevel.Value);
        LogLevelInForce = tree is null ? LogLevel : tree.LogLevel is { } level ? SambaLogLevel.Parse(level.Value) : null;
        UsesRegistry = global.Any(
            parameter => parameter.Name == "configbackend" && parameter.Value.Equals("registry", StringComparison.OrdinalIgnoreCase));
        ConfigFile = Decode(global.LastOrDefault(parameter => parameter.Name == "configfile" && parameter.Value.Length > 0)?.Value);
        HasIncludes = global.Any(parameter => parameter.Name == "include" && parameter.Value.Length > 0);
    }

    /// <summary>The file's bytes as Latin-1.</summary>
    public string Text { get; }

    /// <summary>This file with all that it includes; null where only the file itself was read.</summary>
    public SmbConfTree? Tree { get; }

    /// <summary>The log level that the file itself sets; null when it sets none.</summary>
    public SambaLogLevel? LogLevel { get; }

    /// <summary>The log level in force by the file and what it includes; null when none of them sets one.</summary>
    public SambaLogLevel? LogLevelInForce { get; }

    /// <summary>Where an included file sets a log level after this one; null where none does.</summary>
    public SmbConfPlace? LevelSetElsewhere => Tree?.LogLevel?.Place is { } place && place.File != Tree.ConfigFile ? place : null;

    /// <summary>The file that auth_json_audit has of its own; null when none is named.</summary>
    public string? AuditFile => Decode(LogLevelInForce?.AuditFile);

    /// <summary>Whether Samba takes its configuration from the registry instead of from this file.</summary>
    public bool UsesRegistry { get; }

    /// <summary>The file that Samba reads instead of this one, if it exists; null when none is named.</summary>
    public string? ConfigFile { get; }

    /// <summary>
    /// Whether Samba reads further files (or the registry) in addition; a log level in one of them may override this file's.
    /// </summary>
    public bool HasIncludes { get; }

    /// <param name="text">The file's bytes as Latin-1.</param>
    /// <param name="tree">The file with all that it includes, if that was read.</param>
    public static SmbConf Parse(string text, SmbConfTree? tree = null)
    {
        // What stands before any section belongs to [global].
        var inGlobal = true;
        SmbConfLine? header = null;
        SmbConfLine? afterHeader = null;
        SmbConfLine? previous = null;
        List<SmbConfParameter> global = [];
        foreach (var line in SmbConfLine.Split(text))
        {
            afterHeader ??= header is not null && ReferenceEquals(previous, header) ? line : null;
            if (line.Text[0] == '[')
            {
                inGlobal = SmbConfParameter.IsGlobal(line.Text);
                header ??= inGlobal ? line : null;
            }
            else if (inGlobal && SmbConfParameter.From(line) is { } parameter)
            {
                global.Add(parameter);
            }

            previous = line;
        }

        return new SmbConf(text, header, afterHeader, global, tree);
    }

    /// <summary>
    /// Raises auth_json_audit to the level needed in the log level line in force, or adds such a line; everything else stays as it is.
    /// A class that is on already is left alone, with or without a file of its own; a file that it has is kept, and records that go to the general
    /// log go on doing so, for somebody may read them there.
    /// </summary>
    /// <param name="auditLog">The file for the class where it has none and leaves no records.</param>
    public SmbConfEdit WithAuditing(string auditLog)
    {
        if (LogLevel is { Invalid: { } word })
        {
            return new SmbConfEdit(
                null, $"the log level in smb.conf holds \"{word}\", which is no class:level: smbd does not start with it; correct it");
        }

        if (LogLevel is { IsAudited: true })
        {
            return new SmbConfEdit(Text, null);
        }

        if (LogLevel is not { AuditFile: not null } and not { HasStreamInGeneralLog: true } && !SambaLogLevel.CanName(auditLog))
        {
            return new SmbConfEdit(
                null, $"the path \"{auditLog}\" holds white space, a comma, a quote or a control character, "
                + "which a log level cannot express; set Exporter:Samba:AuditLog to another path");
        }

        var encoded = Encode(auditLog);
        var edited = _logLevel is null ? WithNewLine(encoded) : WithChangedLine(_logLevel, LogLevel!, encoded);
        return Parse(edited).LogLevel is { IsAudited: true } level && (level.AuditFile is not null || LogLevel is { HasStreamInGeneralLog: true })
            ? new SmbConfEdit(edited, null)
            : new SmbConfEdit(null, "the [global] section is written so that no log level can be put into it; add the level by hand");
    }

    // The file's bytes are held as Latin-1, while paths in it are UTF-8.
    private static string Encode(string path) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path));

    /// <summary>A value of the file as text: its bytes are UTF-8 where they can be, else Latin-1.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static string? Decode(string? value) =>
        value is null || Ascii.IsValid(value) || !IsUtf8(value) ? value : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value));

    /// <summary>Whether the bytes of a value are UTF-8.</summary>
    public static bool IsUtf8(string value) => Utf8.IsValid(Encoding.Latin1.GetBytes(value));

    private string WithChangedLine(SmbConfParameter line, SambaLogLevel level, string auditLog)
    {
        if (level.AuditToken is { } token)
        {
            var file = level.AuditFile is not null ? SambaLogLevel.FileIn(line.Value[token]) : level.HasStreamInGeneralLog ? null : auditLog;
            var (start, end) = line.InFile(token);
            return Text[..start] + level.AuditWord(file) + Text[end..];
        }

        var (_, after) = line.InFile(level.LastToken!.Value);
        return $"{Text[..after]} {level.AuditWord(auditLog)}{Text[after..]}";
    }

    private string WithNewLine(string auditLog)
    {
        // 0 is what Samba takes where nothing is set: nothing but the audit becomes more or less talkative.
        var line = $"log level = 0 {SambaLogLevel.AuditClass}:{SambaLogLevel.AuditLevelNeeded}@{auditLog}";
        var lineBreak = LineBreak();
        if (_globalHeader is null)
        {
            return $"[global]{lineBreak}    {line}{lineBreak}{Text}";
        }

        var indentation = _afterGlobalHeader is null || _afterGlobalHeader.Text[0] == '[' ? "    " : IndentationOf(_afterGlobalHeader);
        return _globalHeader.End == Text.Length
            ? $"{Text}{lineBreak}{indentation}{line}"
            : $"{Text[..(_globalHeader.End + 1)]}{indentation}{line}{lineBreak}{Text[(_globalHeader.End + 1)..]}";
    }

    private string LineBreak()
    {
        var first = _globalHeader is { } header && header.End < Text.Length ? header.End : Text.IndexOf('\n', StringComparison.Ordinal);
        return first > 0 && Text[first - 1] == '\r' ? "\r\n" : "\n";
    }

    private string IndentationOf(SmbConfLine line)
    {
        var start = line.Start;
        while (start > 0 && Text[start - 1] is ' ' or '\t')
        {
            start--;
        }

        return Text[start..line.Start];
    }
}
