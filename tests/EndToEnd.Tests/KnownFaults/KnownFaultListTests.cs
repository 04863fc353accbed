using System.Reflection;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>The list of known faults names tests that exist, once each, and who mends them.</summary>
public sealed class KnownFaultListTests
{
    [Fact]
    public void Each_known_fault_is_a_fact_from_the_field()
    {
        var facts = typeof(KnownFaultListTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FieldFactAttribute>() is not null)
            .Select(KnownFault.NameOf)
            .ToHashSet(StringComparer.Ordinal);

        Assert.All(KnownFault.List, fault => Assert.Contains(fault.Test, facts));
    }

    [Fact]
    public void Each_known_fault_names_the_issue_that_mends_it() =>
        Assert.All(KnownFault.List, fault => Assert.Matches(@"^#\d+ \S", fault.Issue));

    [Theory]
    [InlineData("| A.B | #1 x | |")]
    [InlineData("| A.B | #1 x |")]
    [InlineData("| A.B | #1 x | y | z |")]
    public void A_row_that_says_too_little_or_too_much_is_an_error(string row) =>
        Assert.Throws<FormatException>(() => KnownFault.Parse($"| test | issue | symptom |\n|---|---|---|\n{row}\n").ToList());
}
