using Xunit.Sdk;
using Xunit.v3;

namespace Smb1Exporter.EndToEnd.Tests.KnownFaults;

/// <summary>What becomes of the outcome of a test that is a known fault.</summary>
public sealed class ExpectedFailureBusTests : IMessageBus
{
    private static readonly KnownFault Fault = new("SomeTests.Some_fact", "#18 reader", "a client is not counted");
    private readonly List<IMessageSinkMessage> _reported = [];

    public bool QueueMessage(IMessageSinkMessage message)
    {
        _reported.Add(message);
        return true;
    }

    public void Dispose()
    {
    }

    [Fact]
    public void An_assertion_that_fails_is_the_fault_and_is_skipped()
    {
        var summary = Report(Failed(FailureCause.Assertion), new RunSummary { Total = 1, Failed = 1 });

        var skipped = Assert.IsAssignableFrom<ITestSkipped>(Assert.Single(_reported));
        Assert.Equal("known fault (#18 reader): a client is not counted. Seen: 0 instead of 1", skipped.Reason);
        Assert.Equal((1, 0, 1), (summary.Total, summary.Failed, summary.Skipped));
    }

    [Theory]
    [InlineData(FailureCause.Exception)]
    [InlineData(FailureCause.Timeout)]
    [InlineData(FailureCause.Other)]
    public void A_test_that_breaks_in_another_way_stays_failed(FailureCause cause)
    {
        var summary = Report(Failed(cause), new RunSummary { Total = 1, Failed = 1 });

        Assert.IsAssignableFrom<ITestFailed>(Assert.Single(_reported));
        Assert.Equal((1, 1, 0), (summary.Total, summary.Failed, summary.Skipped));
    }

    [Fact]
    public void A_test_that_passes_fails_until_it_is_off_the_list()
    {
        var summary = Report(Passed(), new RunSummary { Total = 1 });

        var failed = Assert.IsAssignableFrom<ITestFailed>(Assert.Single(_reported));
        Assert.Contains("SomeTests.Some_fact passes now: delete its line", Assert.Single(failed.Messages), StringComparison.Ordinal);
        Assert.Equal((1, 1, 0), (summary.Total, summary.Failed, summary.Skipped));
    }

    private RunSummary Report(IMessageSinkMessage message, RunSummary summary)
    {
        using var bus = new ExpectedFailureBus(this, Fault);
        bus.QueueMessage(message);
        return bus.Corrected(summary);
    }

    private static TestFailed Failed(FailureCause cause) => new()
    {
        AssemblyUniqueID = "a",
        Cause = cause,
        ExceptionParentIndices = [-1],
        ExceptionTypes = ["Some.Exception"],
        ExecutionTime = 1,
        FinishTime = DateTimeOffset.UnixEpoch,
        Messages = ["0 instead of 1"],
        Output = "",
        StackTraces = [null],
        TestCaseUniqueID = "c",
        TestClassUniqueID = null,
        TestCollectionUniqueID = "d",
        TestMethodUniqueID = null,
        TestUniqueID = "t",
        Warnings = null,
    };

    private static TestPassed Passed() => new()
    {
        AssemblyUniqueID = "a",
        ExecutionTime = 1,
        FinishTime = DateTimeOffset.UnixEpoch,
        Output = "",
        TestCaseUniqueID = "c",
        TestClassUniqueID = null,
        TestCollectionUniqueID = "d",
        TestMethodUniqueID = null,
        TestUniqueID = "t",
        Warnings = null,
    };
}
