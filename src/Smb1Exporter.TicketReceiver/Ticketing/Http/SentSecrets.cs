using System.Text;

namespace Smb1Exporter.TicketReceiver.Ticketing.Http;

/// <summary>Secrets in the forms in which they are sent, which a remote system may repeat in its answers.</summary>
internal static class SentSecrets
{
    /// <summary>UTF-8 in Base64, as HTTP's Basic sign-in (RFC 7617) and SMTP's AUTH send secrets.</summary>
    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary><paramref name="text"/> without the secret itself and without what is made of it.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="text">What came back.</param>
    /// <param name="sentAs">Each makes one form of the secret.</param>
    public static string RedactIn(this Secret secret, string text, params ReadOnlySpan<Func<string, string>> sentAs)
    {
        try
        {
            var revealed = secret.Reveal();
            foreach (var form in sentAs)
            {
                text = text.Replace(form(revealed), Secret.Redacted, StringComparison.Ordinal);
            }
        }
        catch (StartupException)
        {
            // Without a readable file there is nothing to give away.
            return text;
        }

        return secret.RedactIn(text);
    }
}
