using Smb1Exporter.TestSupport;

namespace Smb1Exporter.TicketReceiver.Tests;

/// <summary>The same with 2,000 servers, and a kill for every 60 deliveries.</summary>
[Trait(Length.Trait, Length.IsLong)]
public sealed class ManyKillsScaleTests : ScaleTests
{
    protected override int Servers => 2000;

    protected override int Kills => 100;
}
