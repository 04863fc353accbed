using Smb1Exporter.Probing.Wire;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.Tests.Probing.Wire;

/// <summary>Bytes that are no answer, or one that was damaged: nothing is read out of them that nobody said.</summary>
public sealed class GarbageTests
{
    // What makes an answer one: protocol, command, status, the flag of replies, its number, the count of its words and the chosen dialect.
    private static readonly int[] Decisive = [0, 1, 2, 3, 4, 5, 6, 7, 8, FlagsOffset, 30, 31, 32, 33, 34];
    private const int FlagsOffset = 9;
    private const byte ReplyFlag = 0x80;

    public static TheoryData<string> Answers => [nameof(SmbdAnswers.Served), nameof(SmbdAnswers.Refused), nameof(SmbdAnswers.Negotiated),
        nameof(SmbdAnswers.Challenge), nameof(SmbdAnswers.Session), nameof(SmbdAnswers.Smb1Session)];

    [Fact]
    public void Random_bytes_are_no_answer_to_anything()
    {
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            AssertNoAnswer(bytes);
            Assert.Null(Ntlm.Authenticate(bytes, "X"));
        }
    }

    [Fact]
    public void Random_bytes_behind_the_name_of_a_protocol_decide_nothing()
    {
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(4, 200)];
            random.NextBytes(bytes);
            ((ReadOnlySpan<byte>)[(byte)random.Next(0xFE, 0x100), (byte)'S', (byte)'M', (byte)'B']).CopyTo(bytes);
            Assert.True(Smb1Message.ReadNegotiate(bytes) is not { Status: NtStatus.Success });
            Assert.True(Smb2Message.ReadNegotiate(bytes) is not NtStatus.Success);
            Assert.False(NtStatus.IsOfAuthentication(Smb1Message.ReadSetup(bytes) ?? Smb2Message.ReadSetup(bytes, 1)?.Status ?? NtStatus.Pending));
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void The_beginning_of_an_answer_says_nothing(string name)
    {
        var answer = SmbdAnswers.Of(name);
        for (var length = 0; length < answer.Length; length++)
        {
            var cut = answer.AsSpan(0, length);
            Assert.True(length >= SmbdAnswers.EndOfWords(answer) || Smb1Message.ReadNegotiate(cut)?.Dialect is null);
            Assert.True(Smb2Message.ReadSetup(cut, 1) is not { Token.Length: > 0 });
            if (length < 33)
            {
                AssertNoAnswer(cut);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void An_answer_with_damage_anywhere_is_read_without_a_failure(string name)
    {
        var answer = SmbdAnswers.Of(name);
        var random = new Random(RandomSeed.Next(TestContext.Current.TestOutputHelper!.WriteLine));
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = answer.ToArray();
            for (var damages = random.Next(1, 6); damages > 0; damages--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            _ = Smb1Message.ReadNegotiate(damaged);
            _ = Smb1Message.ReadSetup(damaged);
            _ = Smb2Message.ReadNegotiate(damaged);
            var token = Smb2Message.ReadSetup(damaged, 1)?.Token ?? damaged;
            _ = Ntlm.Authenticate(token.Span, "X");
        }
    }

    [Fact]
    public void A_refusal_with_one_decisive_byte_changed_is_none()
    {
        foreach (var offset in Decisive)
        {
            for (var value = 0; value <= byte.MaxValue; value++)
            {
                var damaged = SmbdAnswers.Refused.ToArray();
                damaged[offset] = (byte)value;
                if (offset == FlagsOffset ? (value & ReplyFlag) == 0 : value != SmbdAnswers.Refused[offset])
                {
                    Assert.False(
                        Smb1Message.ReadNegotiate(damaged) is { Status: NtStatus.Success, Dialect: null }, $"byte {offset} changed to {value} is taken for a refusal");
                }
            }
        }
    }

    private static void AssertNoAnswer(ReadOnlySpan<byte> bytes)
    {
        Assert.Null(Smb1Message.ReadNegotiate(bytes));
        Assert.Null(Smb1Message.ReadSetup(bytes));
        Assert.Null(Smb2Message.ReadNegotiate(bytes));
        Assert.Null(Smb2Message.ReadSetup(bytes, 1));
    }
}
