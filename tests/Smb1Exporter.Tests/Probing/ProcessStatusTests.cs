using Smb1Exporter.Probing;

namespace Smb1Exporter.Tests.Probing;

public sealed class ProcessStatusTests
{
    private const string Rest = " 14546 14546 0 -1 4194560 2281 3283 19 1 2 3 2 1 20 0 1 0 5833172 83005440 5673\n";

    [Theory]
    [InlineData("smbd")]
    [InlineData("smbd[10.0.0.1")]
    [InlineData("a) Z 7 (b")]
    [InlineData(") S 1")]
    public void The_name_of_a_process_may_look_like_its_status(string name) =>
        Assert.Equal(new ProcessStatus('S', 12, 5833172), ProcessStatus.Parse($"14546 ({name}) S 12{Rest}"));

    [Fact]
    public void A_process_that_is_not_collected_yet_has_ended() => Assert.True(ProcessStatus.Parse($"14546 (smbd) Z 12{Rest}")!.Value.HasEnded);

    [Theory]
    [InlineData("")]
    [InlineData("14546 (smbd) S 12")]
    [InlineData("14546 (smbd")]
    [InlineData("14546 (smbd) S x 14546 14546 0 -1 4194560 2281 3283 19 1 2 3 2 1 20 0 1 0 5833172 83005440 5673")]
    public void A_status_of_another_form_is_none(string text) => Assert.Null(ProcessStatus.Parse(text));
}
