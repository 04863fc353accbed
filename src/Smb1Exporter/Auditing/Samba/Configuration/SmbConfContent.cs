using Smb1Exporter.Files;

namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>One file of a configuration: the headers and parameters in it, in their order, but for those that nobody here asks for.</summary>
/// <param name="Status">What the file was before it was read; null where there is none.</param>
/// <param name="Items">Headers and parameters.</param>
/// <param name="Fault">Why it could not be read; null where it could, or is not there.</param>
internal sealed record SmbConfContent(FileStatus? Status, IReadOnlyList<SmbConfContent.Item> Items, string? Fault)
{
    /// <summary>Where Samba has its registry, of all that does not decide about the audit itself.</summary>
    private const string StateDirectory = "statedirectory";

    /// <summary>Reads a file. Never throws.</summary>
    public static SmbConfContent Read(string path)
    {
        FileStatus? status = null;
        try
        {
            // Before it is read: whoever writes it after that changes what is seen at the next look.
            status = FileStatusReader.Read(path);
            return status is null ? new SmbConfContent(null, [], null) : new SmbConfContent(status, Parse(ConfigurationReader.Read(path)), null);
        }
        catch (FileNotFoundException)
        {
            return new SmbConfContent(null, [], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SmbConfContent(status, [], e.Message.TrimEnd('.'));
        }
    }

    private static List<Item> Parse(string text)
    {
        List<Item> items = [];
        var (line, counted) = (1, 0);
        foreach (var logical in SmbConfLine.Split(text))
        {
            line += text.AsSpan(counted..logical.Start).Count('\n');
            counted = logical.Start;
            if (logical.Text[0] == '[')
            {
                items.Add(new Item(line, SmbConfParameter.IsGlobal(logical.Text), "", ""));
            }
            else if (SmbConfParameter.From(logical) is { Value.Length: > 0 } parameter
                && (parameter.Name == StateDirectory || PerClientConfiguration.Matters(parameter.Name)))
            {
                items.Add(new Item(line, null, parameter.Name, parameter.Value));
            }
        }

        return items;
    }

    /// <summary>A header or a parameter.</summary>
    /// <param name="Line">Where it begins; the first line is 1.</param>
    /// <param name="BeginsGlobal">For a header: whether it is that of [global]; null for a parameter.</param>
    /// <param name="Name">The parameter's name.</param>
    /// <param name="Value">Its value.</param>
    internal sealed record Item(int Line, bool? BeginsGlobal, string Name, string Value);
}
