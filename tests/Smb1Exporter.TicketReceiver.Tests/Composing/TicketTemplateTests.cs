using Smb1Exporter.TicketReceiver.Composing;

namespace Smb1Exporter.TicketReceiver.Tests.Composing;

public sealed class TicketTemplateTests
{
    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    [InlineData("a\r\nb")]
    [InlineData("a\u2028b")]
    [InlineData("%RESULT%")]
    [InlineData("%FOO%")]
    [InlineData("%computername%")]
    public void A_subject_that_is_not_one_line_of_known_placeholders_is_refused(string template) =>
        Assert.Throws<FormatException>(() => TicketTemplate.ForSubject(template));

    [Theory]
    [InlineData("a\r\nb", "carriage return at position 2")]
    [InlineData("a\u001Bb", "control character at position 2")]
    [InlineData("%FOO%", "%FOO% cannot be used here; use %COMPUTERNAME%, %CLIENTNAME%, %RESULT%")]
    public void A_wrong_body_is_refused_with_the_reason(string template, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => TicketTemplate.ForBody(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void Percent_signs_that_are_no_placeholder_stay() =>
        Assert.Equal("100 % of FS01, 5%", TicketTemplate.ForBody("100 % of %COMPUTERNAME%, 5%").Render("Contoso", "FS01", "r"));
}
