using Smb1Exporter.Serving;

namespace Smb1Exporter.Tests.Serving;

public class ServingLimitsTests
{
    [Theory]
    [InlineData(null, 64)]
    [InlineData(1_048_576L, 64)]
    [InlineData(1024L, 64)]
    [InlineData(300L, 44)]
    [InlineData(256L, 8)]
    [InlineData(10L, 8)]
    public void Connections_leave_file_descriptors_to_the_program(long? openFiles, int connections) =>
        Assert.Equal(connections, ServingLimits.ConnectionsFor(openFiles));

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max open files", null)]
    [InlineData("Max processes             7                    7                    processes ", null)]
    public void The_limit_of_the_process_is_read_as_the_kernel_shows_it(string line, long? limit) =>
        Assert.Equal(limit, OpenFilesLimit.Parse(["Limit                     Soft Limit           Hard Limit           Units     ", line]));
}
