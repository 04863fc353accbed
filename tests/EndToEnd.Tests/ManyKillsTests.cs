using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests;

/// <summary>The same, ten times as often: what one kill in a hundred hits is found here.</summary>
[Trait(Length.Trait, Length.IsLong)]
public sealed class ManyKillsTests : KillTests
{
    protected override int Kills => 500;
}
