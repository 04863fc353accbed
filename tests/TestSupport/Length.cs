namespace Smb1Exporter.TestSupport;

/// <summary>
/// The trait of tests that run for minutes: <c>[Trait(Length.Trait, Length.IsLong)]</c>. A whole run of tests/run.sh leaves them out, unless it is told
/// <c>--all</c>.
/// </summary>
public static class Length
{
    public const string Trait = "Length";

    public const string IsLong = "Long";
}
