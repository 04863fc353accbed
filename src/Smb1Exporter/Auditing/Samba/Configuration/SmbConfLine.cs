namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>
/// A logical line of smb.conf: comments and blank lines left out, continuations joined, runs of white space folded into one,
/// exactly as Samba reads the file (lib/util/tini.c).
/// </summary>
/// <param name="Text">The line as Samba sees it.</param>
/// <param name="Offsets">Where in the file each character of <paramref name="Text"/> stands.</param>
/// <param name="Start">Where in the file the line begins, after its indentation.</param>
/// <param name="End">Where in the file its last line break stands; the file's length when it has none.</param>
internal sealed record SmbConfLine(string Text, IReadOnlyList<int> Offsets, int Start, int End)
{
    /// <summary>Splits a file, read as Latin-1, into its logical lines.</summary>
    public static IEnumerable<SmbConfLine> Split(string file)
    {
        var position = 0;
        while (true)
        {
            while (position < file.Length && IsSpace(file[position]))
            {
                position++;
            }

            if (position == file.Length)
            {
                yield break;
            }

            if (file[position] is '#' or ';')
            {
                var lineBreak = file.IndexOf('\n', position);
                position = lineBreak < 0 ? file.Length : lineBreak;
                continue;
            }

            var line = Join(file, position);
            position = line.End;

            // Nothing is left of a backslash that continues into a blank line.
            if (line.Text.Length > 0)
            {
                yield return line;
            }
        }
    }

    /// <summary>White space as C knows it: in Latin-1 text, .NET would take the bytes 0x85 and 0xA0 for it too.</summary>
    public static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    private static SmbConfLine Join(string file, int start)
    {
        List<char> text = [];
        List<int> offsets = [];
        var position = start;
        for (; position < file.Length; position++)
        {
            var c = file[position];
            if (c == '\n')
            {
                // A backslash before the line break continues the line, also with white space (such as a CR) between them.
                var dropped = text is [.., '\\'] ? 1 : text is [.., '\\', var last] && IsSpace(last) ? 2 : 0;
                if (dropped == 0)
                {
                    break;
                }

                text.RemoveRange(text.Count - dropped, dropped);
                offsets.RemoveRange(offsets.Count - dropped, dropped);
            }
            else if (!IsSpace(c) || text is not [.., var previous] || !IsSpace(previous))
            {
                text.Add(c);
                offsets.Add(position);
            }
        }

        return new SmbConfLine(new string([.. text]), offsets, start, position);
    }
}
