using System.Runtime.CompilerServices;
using Xunit.v3;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>
/// A fact about the built programs that was met in the field. It may stand on the list of known faults (<see cref="KnownFault"/>): then it must
/// fail by an assertion, and is reported as skipped with what the list says of it.
/// </summary>
/// <param name="origin">Where the fact comes from: a public report ("project#number"), a product, or who saw it.</param>
[XunitTestCaseDiscoverer(typeof(FieldFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
public sealed class FieldFactAttribute(
    string origin, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber)
{
    public string Origin { get; } = origin;
}
