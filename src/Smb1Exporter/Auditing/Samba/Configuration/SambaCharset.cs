namespace Smb1Exporter.Auditing.Samba.Configuration;

/// <summary>Character sets as "unix charset" names them (iconv(3), and those that are built into Samba).</summary>
internal static class SambaCharset
{
    /// <summary>Whether a character set is UTF-8 by one of its names; case and punctuation do not matter, nor what iconv is told behind slashes.</summary>
    public static bool IsUtf8(string charset)
    {
        var name = charset.Split("//")[0];
        return string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant() is "UTF8" or "UTF8MAC" or "ISO10646UTF8" or "CSUTF8";
    }
}
