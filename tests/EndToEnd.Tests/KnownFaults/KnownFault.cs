using System.Reflection;
using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>
/// A line of tests/known-faults.md, the one list of what is known to be wrong. The list only shrinks: whoever mends a fault deletes its line.
/// </summary>
/// <param name="Test">The fact that fails: its class and method, "SambaLogTests.Clients_are_counted".</param>
/// <param name="Issue">The issue that mends it: its number and what it is about.</param>
/// <param name="Symptom">What a user meets.</param>
internal sealed record KnownFault(string Test, string Issue, string Symptom)
{
    public const string File = "tests/known-faults.md";

    private static readonly Lazy<IReadOnlyDictionary<string, KnownFault>> All = new(() =>
        Parse(Repository.Read("tests", "known-faults.md")).ToDictionary(fault => fault.Test, StringComparer.Ordinal));

    public static IReadOnlyCollection<KnownFault> List => [.. All.Value.Values];

    public static KnownFault? Find(string test) => All.Value.GetValueOrDefault(test);

    /// <summary>The fault that the running test is known for, or null.</summary>
    public static KnownFault? OfCurrentTest =>
        TestContext.Current.TestMethod is Xunit.v3.IXunitTestMethod test ? Find(NameOf(test.Method)) : null;

    /// <summary>The name under which a test stands on the list.</summary>
    public static string NameOf(MethodInfo method) => $"{method.ReflectedType!.Name}.{method.Name}";

    /// <summary>Reads the rows of the table in <paramref name="markdown"/>; other text is for people.</summary>
    /// <exception cref="FormatException">A row has not three cells that say something.</exception>
    public static IEnumerable<KnownFault> Parse(string markdown) => markdown
        .Split('\n')
        .Where(line => line.StartsWith('|'))
        .Skip(2)
        .Select(line => line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries) is [{ Length: > 0 } test, { Length: > 0 } issue, { Length: > 0 } symptom]
            ? new KnownFault(test.Trim('`'), issue, symptom.TrimEnd('.'))
            : throw new FormatException($"{File}: a row needs test, issue and symptom: {line}"));
}
