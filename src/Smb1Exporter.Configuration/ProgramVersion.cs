using System.Reflection;

namespace Smb1Exporter.Configuration;

/// <summary>The version that both programs were built as, with the commit behind a <c>+</c> where the build knew it: <c>1.2.3+0123abc</c>.</summary>
public static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The version alone.</summary>
    public static string Version { get; } = Text.Split('+')[0];

    /// <summary>The commit; empty where the build did not know it.</summary>
    public static string Revision { get; } = Text.Contains('+', StringComparison.Ordinal) ? Text[(Text.IndexOf('+', StringComparison.Ordinal) + 1)..] : "";
}
