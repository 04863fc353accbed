using Smb1Exporter.Hosting;

namespace Smb1Exporter.Tests.Support;

/// <summary>A machine that a test may copy.</summary>
internal sealed class FakeMachine : IMachineIdentity
{
    public string? Id { get; set; } = "a machine";
}
