namespace Smb1Exporter.TicketReceiver.Ticketing.Settings;

/// <summary>Settings without which a ticketing system that is in use cannot work.</summary>
internal static class RequiredSettings
{
    /// <summary>Rejects a setting that is missing.</summary>
    /// <param name="reader">The section <c>Receiver</c>.</param>
    /// <param name="key">The key in it.</param>
    /// <param name="isMissing">Whether it is.</param>
    /// <param name="remedy">What to do, in a whole sentence.</param>
    public static void Require(this SectionReader reader, string key, bool isMissing, string remedy)
    {
        if (isMissing)
        {
            reader.Reject(key, $"is missing. {remedy}");
        }
    }
}
