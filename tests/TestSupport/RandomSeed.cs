using System.Globalization;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// Seeds of tests that do something by chance. Such a test prints its seed, and the environment variable <see cref="Variable"/> gives it one:
/// <c>SMB1_TEST_SEED=123 dotnet test …</c> takes the same choices again. Where a real process is killed or stopped at such a moment, the moment
/// is the same and what the process does at it may differ. Property tests (CsCheck's <c>Sample</c>) print
/// <c>Set seed: "2x_OY3RfBEp2"</c> and take it from the environment variable <c>CsCheck_Seed</c>.
/// </summary>
public static class RandomSeed
{
    /// <summary>The name of the environment variable. A whole number.</summary>
    public const string Variable = "SMB1_TEST_SEED";

    /// <summary>The seed that the environment gives; null when it gives none.</summary>
    public static int? Given => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value
        ? int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;

    /// <summary>The seed that the environment gives, or any.</summary>
    /// <param name="print">Puts it into the test's output.</param>
    public static int Next(Action<string> print)
    {
        var seed = Given ?? Random.Shared.Next();
        print(Tell(seed));
        return seed;
    }

    /// <summary>How to run a test with the same seed again, for its failure.</summary>
    public static string Tell(int seed) => string.Create(CultureInfo.InvariantCulture, $"Seed {seed}; {Variable}={seed} in the environment repeats it.");
}
