using System.Buffers;

namespace Smb1Exporter.Exposition;

/// <summary>A part of an answer that is put together without being copied.</summary>
internal sealed class AnswerText : ReadOnlySequenceSegment<byte>
{
    private AnswerText(ReadOnlyMemory<byte> part) => Memory = part;

    public static ReadOnlySequence<byte> Of(params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var first = new AnswerText(parts[0]);
        var last = first;
        foreach (var part in parts[1..])
        {
            last = last.Append(part);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private AnswerText Append(ReadOnlyMemory<byte> part)
    {
        var next = new AnswerText(part) { RunningIndex = RunningIndex + Memory.Length };
        Next = next;
        return next;
    }
}
