using System.Buffers.Binary;
using System.Text;

namespace Smb1Exporter.Pushing;

/// <summary>
/// Writes messages of Protocol Buffers. Lengths of messages have four bytes, so that they can be filled in afterwards; every reader takes that.
/// </summary>
/// <param name="capacity">About how many bytes it will be.</param>
internal sealed class ProtobufWriter(int capacity)
{
    private const int LengthBytes = 4;
    private const int Fixed64 = 1;
    private const int Length = 2;

    private byte[] _bytes = new byte[Math.Max(capacity, 64)];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Writes bytes as they are.</summary>
    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes a number of eight bytes.</summary>
    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), value);
    }

    /// <summary>Writes a text.</summary>
    public void WriteText(int field, string text)
    {
        var begun = Begin(field);
        Write(Encoding.UTF8.GetBytes(text));
        End(begun);
    }

    /// <summary>Begins a message.</summary>
    /// <returns>What <see cref="End"/> needs.</returns>
    public int Begin(int field)
    {
        WriteTag(field, Length);
        Take(LengthBytes);
        return _length;
    }

    /// <summary>Ends a message.</summary>
    public void End(int begun)
    {
        var length = _length - begun;
        var bytes = _bytes.AsSpan(begun - LengthBytes, LengthBytes);
        for (var i = 0; i < LengthBytes; i++)
        {
            bytes[i] = (byte)((length >> (7 * i) & 0x7F) | (i < LengthBytes - 1 ? 0x80 : 0));
        }
    }

    // Numbers of fields are below 16 wherever something is written, so a tag is one byte.
    private void WriteTag(int field, int type) => Take(1)[0] = (byte)(field << 3 | type);

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _length + count));
        }

        _length += count;
        return _bytes.AsSpan(_length - count, count);
    }
}
