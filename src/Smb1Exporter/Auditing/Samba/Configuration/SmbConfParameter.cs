namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>One <c>name = value</c> of smb.conf.</summary>
/// <param name="Name">The name as Samba compares it, see <see cref="Canonical"/>.</param>
/// <param name="Value">The value as it stands there, without white space at its ends.</param>
/// <param name="Line">The line it stands on.</param>
/// <param name="ValueStart">Where in the line the value begins.</param>
internal sealed record SmbConfParameter(string Name, string Value, SmbConfLine Line, int ValueStart)
{
    /// <summary>The parameter on a line; null where the line holds none.</summary>
    public static SmbConfParameter? From(SmbConfLine line)
    {
        var equals = line.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            return null;
        }

        var start = equals + 1;
        var end = line.Text.Length;
        while (start < end && SmbConfLine.IsSpace(line.Text[start]))
        {
            start++;
        }

        while (end > start && SmbConfLine.IsSpace(line.Text[end - 1]))
        {
            end--;
        }

        return new SmbConfParameter(Canonical(line.Text[..equals]), line.Text[start..end], line, start);
    }

    /// <summary>A name as Samba compares it: without regard to case and white space.</summary>
    public static string Canonical(string name) => string.Concat(name.Where(c => !SmbConfLine.IsSpace(c))).ToLowerInvariant();

    /// <summary>Whether a section of this header is [global].</summary>
    public static bool IsGlobal(string header)
    {
        var end = header.IndexOf(']', StringComparison.Ordinal);
        return end > 0 && Canonical(header[1..end]) is "global" or "globals";
    }

    /// <summary>Where a part of the value stands in the file: from its first character to behind its last.</summary>
    public (int Start, int End) InFile(Range part)
    {
        var (offset, length) = part.GetOffsetAndLength(Value.Length);
        return (Line.Offsets[ValueStart + offset], Line.Offsets[ValueStart + offset + length - 1] + 1);
    }
}
