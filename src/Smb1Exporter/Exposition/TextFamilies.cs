namespace Smb1Exporter.Exposition;

/// <summary>The families of an answer in text 0.0.4, one after the other: the lines of one metric, which begin with that of its type.</summary>
internal ref struct TextFamilies(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>The name of the family.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where its lines begin.</summary>
    public int Begin { get; private set; }

    /// <summary>Where they end.</summary>
    public int End { get; private set; }

    /// <summary>Goes on to the next family.</summary>
    /// <returns>False at the end of the answer.</returns>
    public bool Next()
    {
        if (End == _body.Length)
        {
            return false;
        }

        // A line break in a value of a label is escaped, so what is found begins a line of its own.
        var next = _body[(End + 1)..].IndexOf("\n# TYPE "u8);
        (Begin, End) = (End, next < 0 ? _body.Length : End + 1 + next + 1);
        Name = NameIn(_body[Begin..End]);
        return true;
    }

    private static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> family)
    {
        var begin = "# TYPE ".Length;
        return family.Length <= begin ? [] : family[begin..] is var rest && rest.IndexOf((byte)' ') is var end and >= 0 ? rest[..end] : rest;
    }
}
