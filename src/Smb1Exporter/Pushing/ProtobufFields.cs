using System.Buffers.Binary;

namespace Smb1Exporter.Pushing;

/// <summary>The fields of one message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/), one after the other.</summary>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Length = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The number of the field.</summary>
    public int Number { get; private set; }

    /// <summary>The whole field, to be copied.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>The content of a text, of bytes or of a message; empty for a number.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>A number, with its bits as they are; 0 for anything else.</summary>
    public ulong Value { get; private set; }

    /// <summary>Goes on to the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">It is no such message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var at = 0;
        var tag = ReadVarint(ref at);
        (Number, Value) = ((int)(tag >> 3), 0);
        Content = default;
        switch ((int)(tag & 7))
        {
            case Varint:
                Value = ReadVarint(ref at);
                break;
            case Fixed64:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(Take(ref at, sizeof(ulong)));
                break;
            case Fixed32:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref at, sizeof(uint)));
                break;
            case Length:
                Content = Take(ref at, ReadVarint(ref at));
                break;
            default:
                throw new InvalidDataException("This is no message of Protocol Buffers.");
        }

        Whole = _rest[..at];
        _rest = _rest[at..];
        return true;
    }

    private readonly ReadOnlySpan<byte> Take(scoped ref int at, ulong length)
    {
        if (length > (ulong)(_rest.Length - at))
        {
            throw new InvalidDataException("This message of Protocol Buffers is cut.");
        }

        var taken = _rest.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    private readonly ulong ReadVarint(scoped ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref at, 1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("This message of Protocol Buffers holds an endless number.");
    }
}
