using Smb1Exporter.TestSupport;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>A kernel that was started with ipv6.disable=1, as far as a program can tell: it makes no sockets of IPv6.</summary>
internal static class KernelWithoutIPv6
{
    private static readonly string[] Compilers = ["/usr/bin/gcc", "/usr/bin/clang"];

    /// <summary>Variables with which a program that is started meets such a kernel.</summary>
    /// <param name="folder">A folder for what is built for it; it is the test's to remove.</param>
    public static async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync(string folder)
    {
        var compiler = Compilers.FirstOrDefault(File.Exists);
        Assert.SkipWhen(compiler is null, "sockets of IPv6 are kept from a program with a library that gcc or clang builds");
        var library = Path.Combine(folder, "no-ipv6.so");
        await using var built = await ChildProcess.RunAsync(
            compiler!, ["-shared", "-fPIC", "-o", library, Repository.PathOf("tests", "EndToEnd.Tests", "Harness", "no-ipv6.c"), "-ldl"]);
        return built.ExitCode == 0
            ? new Dictionary<string, string?> { ["LD_PRELOAD"] = library }
            : throw new InvalidOperationException($"{compiler} ended with {built.ExitCode}: {built.Output}");
    }
}
