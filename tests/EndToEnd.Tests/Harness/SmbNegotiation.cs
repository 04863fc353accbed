using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>The first request of SMB1, SMB_COM_NEGOTIATE, and nothing after it.</summary>
internal static class SmbNegotiation
{
    /// <summary>The answer is one of SMB1.</summary>
    public const string Smb1 = "SMB1";

    /// <summary>The server chose SMB2 or newer.</summary>
    public const string Smb2 = "SMB2";

    /// <summary>Offers the dialects, reads the answer and hangs up; returns once smbd's process for the connection has ended.</summary>
    /// <returns><see cref="Smb1"/>, <see cref="Smb2"/>, or the first bytes of another answer.</returns>
    public static async Task<string> AskAsync(SambaServer samba, params IReadOnlyList<string> dialects)
    {
        using var connection = await RawSmbConnection.ConnectAsync(samba);
        var answer = await connection.AskAsync(Smb1Packets.Negotiate(dialects));
        await connection.HangUpAsync();
        return Convert.ToHexString(answer.AsSpan(0, 4)) switch
        {
            "FF534D42" => Smb1,
            "FE534D42" => Smb2,
            var other => other,
        };
    }
}
