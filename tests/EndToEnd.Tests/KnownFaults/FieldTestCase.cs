using System.ComponentModel;
using Xunit.Sdk;
using Xunit.v3;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>Runs a fact from the field, and turns its outcome round where the fact is a known fault.</summary>
public sealed class FieldTestCase : XunitTestCase, ISelfExecutingXunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For deserialization only")]
    public FieldTestCase()
    {
    }

    internal FieldTestCase(
        IXunitTestMethod testMethod,
        string displayName,
        string uniqueId,
        bool isExplicit,
        Dictionary<string, HashSet<string>> traits,
        string? sourceFilePath,
        int? sourceLineNumber,
        int? timeout)
        : base(
            testMethod, displayName, uniqueId, isExplicit, traits: traits, sourceFilePath: sourceFilePath, sourceLineNumber: sourceLineNumber, timeout: timeout)
    {
    }

    public async ValueTask<RunSummary> Run(
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource,
        ParallelMode parallelMode,
        ExecutionScheduler scheduler,
        FixtureMappingManager methodFixtureMappings)
    {
        var fault = KnownFault.Find(KnownFault.NameOf(TestMethod.Method));
        using var expecting = fault is null ? null : new ExpectedFailureBus(messageBus, fault);
        var summary = await XunitRunnerHelper.RunXunitTestCase(
            this,
            expecting ?? messageBus,
            cancellationTokenSource,
            parallelMode,
            scheduler,
            aggregator,
            explicitOption,
            constructorArguments,
            methodFixtureMappings);
        return expecting?.Corrected(summary) ?? summary;
    }
}
