using System.Text;
using Smb1Exporter.Exposition;

namespace Smb1Exporter.Tests.Exposition;

public class ClientFamiliesTests
{
    private const string Before = "# TYPE target_info gauge\ntarget_info 1\n# TYPE smb1_auditing_enabled gauge\n# HELP smb1_auditing_enabled Whether.\nsmb1_auditing_enabled 1\n";
    private const string Info = "# TYPE smb1_client_info gauge\nsmb1_client_info{client_name=\"a\\n# TYPE \"} 1\n";
    private const string Attempts = "# TYPE smb1_connection_attempts_total counter\nsmb1_connection_attempts_total{client_address=\"10.0.0.1\"} 1\n";
    private const string After = "# TYPE smb1_covered_seconds gauge\nsmb1_covered_seconds 7\n";

    [Theory]
    [InlineData(Before, Info + Attempts, After)]
    [InlineData(Before, Attempts, After)]
    [InlineData(Before, Attempts, "")]
    [InlineData("", Info, After)]
    [InlineData(Before, "", After)]
    [InlineData(Before, "", "")]
    [InlineData("", "", "")]
    public void The_lines_of_clients_are_found_or_the_place_where_they_belong(string before, string clients, string after)
    {
        var body = Encoding.UTF8.GetBytes(before + clients + after);

        var found = ClientFamilies.Find(body)!.Value.GetOffsetAndLength(body.Length);

        Assert.Equal((before.Length, clients.Length), found);
    }

    [Fact]
    public void Lines_of_clients_that_stand_apart_are_not_found() =>
        Assert.Null(ClientFamilies.Find(Encoding.UTF8.GetBytes(Info + After + Attempts)));
}
