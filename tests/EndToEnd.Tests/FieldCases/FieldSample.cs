using System.Globalization;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.FieldCases;

/// <summary>The inputs in Samples/.</summary>
internal static class FieldSample
{
    /// <summary>The text of a sample, with the times of now filled in.</summary>
    public static string Read(string name)
    {
        var time = TimeProvider.System.GetUtcNow().AddMinutes(-5);
        return Repository.Read("tests", "EndToEnd.Tests", "FieldCases", "Samples", name)
            .Replace("@T@", time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@H@", time.ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
