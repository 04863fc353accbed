using System.Globalization;

namespace Smb1Exporter.EndToEnd.Tests.Harness;

/// <summary>
/// The wall clock of a program under test, which the test sets as an administrator, NTP or a dead clock battery would (Debian's faketime). The
/// monotonic clock goes on as it is.
/// </summary>
internal sealed class Clock
{
    private readonly string _file;

    /// <param name="file">Path of a file for the clock's setting; it is the test's to remove.</param>
    public Clock(string file)
    {
        Assert.SkipWhen(Library is null, "the clock of a program is set with Debian's package faketime");
        _file = file;
        Set(TimeSpan.Zero);
    }

    private static string? Library { get; } =
        Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists);

    /// <summary>Variables with which a program that is started sees this clock.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        ["FAKETIME_NO_CACHE"] = "1",

        // Two names: the first is that of 0.9.10 and newer, the second an older one.
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",

        // By itself, libfaketime changes the end of timed waits as an older C library needs it; with Debian 12's they would end at once.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    /// <summary>Sets the clock this far ahead of the machine's (behind it: negative), from now on.</summary>
    public void Set(TimeSpan ahead)
    {
        // In one step: the program reads the file at each look at the clock.
        var next = $"{_file}.next";
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{ahead.TotalSeconds:+0;-0}\n"));
        File.Move(next, _file, overwrite: true);
    }
}
