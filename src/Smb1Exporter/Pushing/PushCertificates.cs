using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Smb1Exporter.Pushing;

/// <summary>Certificates of the connection to the endpoint: PEM files that are read at the start.</summary>
internal static class PushCertificates
{
    private const string AuthoritiesVariable = "CERTIFICATE";
    private const string CertificateVariable = "CLIENT_CERTIFICATE";
    private const string KeyVariable = "CLIENT_KEY";

    /// <summary>The authorities to trust; null where none are named.</summary>
    public static X509Certificate2Collection? ReadAuthorities(PushVariables variables, Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(variables);
        CheckScheme(variables, AuthoritiesVariable, endpoint);
        return variables.OtlpValue<X509Certificate2Collection?>(
            AuthoritiesVariable,
            null,
            LoadAuthorities,
            "a readable PEM file of the authorities to trust. Correct it, or remove it to trust those of this machine.");
    }

    /// <summary>The certificate that proves who pushes; null where none is named.</summary>
    public static X509Certificate2? ReadClientCertificate(PushVariables variables, Uri endpoint)
    {
        ArgumentNullException.ThrowIfNull(variables);
        CheckScheme(variables, CertificateVariable, endpoint);
        if (variables.NameForOtlp(CertificateVariable) is null && variables.NameForOtlp(KeyVariable) is { } key)
        {
            variables.Add(key, "a key needs a certificate. Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE too, or remove it.");
        }

        var keyFile = variables.OtlpValue<string?>(KeyVariable, null, file => file, "");
        return variables.OtlpValue<X509Certificate2?>(
            CertificateVariable,
            null,
            file => LoadClientCertificate(file, keyFile),
            "a readable PEM file of a certificate, whose key without a password is in it or in OTEL_EXPORTER_OTLP_CLIENT_KEY. Correct or remove it.");
    }

    private static void CheckScheme(PushVariables variables, string variable, Uri endpoint)
    {
        if (variables.NameForOtlp(variable) is { } name && endpoint.Scheme != Uri.UriSchemeHttps)
        {
            variables.Add(name, "has no effect without TLS. Let the endpoint begin with https://, or remove it.");
        }
    }

    private static X509Certificate2Collection LoadAuthorities(string file) => Load(file, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new FormatException();
    });

    private static X509Certificate2 LoadClientCertificate(string file, string? keyFile) => Load(file, () =>
    {
        var certificate = X509Certificate2.CreateFromPemFile(file, keyFile);
        if (!OperatingSystem.IsWindows())
        {
            return certificate;
        }

        // Windows does not sign in with a key that is in memory alone.
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        }
    });

    private static T Load<T>(string file, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }
}
