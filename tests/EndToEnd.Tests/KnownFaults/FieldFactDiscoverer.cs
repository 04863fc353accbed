using Xunit.Sdk;
using Xunit.v3;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>Makes a <see cref="FieldTestCase"/> of each method that is a <see cref="FieldFactAttribute">fact from the field</see>.</summary>
public sealed class FieldFactDiscoverer : FactDiscoverer
{
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions, IXunitTestMethod testMethod, IFactAttribute factAttribute)
    {
        var details = TestIntrospectionHelper.GetTestCaseDetails(discoveryOptions, testMethod, factAttribute);
        return new FieldTestCase(
            details.ResolvedTestMethod,
            details.TestCaseDisplayName,
            details.UniqueID,
            details.Explicit,
            testMethod.Traits.ToDictionary(
                trait => trait.Key, trait => trait.Value.ToHashSet(StringComparer.Ordinal), StringComparer.OrdinalIgnoreCase),
            details.SourceFilePath,
            details.SourceLineNumber,
            details.Timeout);
    }
}
