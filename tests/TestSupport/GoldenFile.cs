using System.Text;

namespace Smb1Exporter.TestSupport;

/// <summary>
/// Texts in the repository that an output must equal byte for byte. With <c>SMB1_UPDATE_GOLDEN=1</c> in the environment a difference is
/// written into the file instead of told: what changed is then seen in the diff of the commit.
/// </summary>
public static class GoldenFile
{
    private const string Update = "SMB1_UPDATE_GOLDEN";

    /// <summary>What differs, line by line; empty when nothing does.</summary>
    /// <param name="path">The file, from the root of the repository.</param>
    /// <param name="actual">The output.</param>
    public static string Difference(string path, string actual)
    {
        var file = Repository.PathOf(path);
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(file, actual);
        }

        var expected = File.Exists(file) ? File.ReadAllText(file) : "";
        return expected == actual ? "" : Tell(path, expected.Split('\n'), actual.Split('\n'));
    }

    // Lines that stand in both in the same order are left out; nearby ones show the place.
    private static string Tell(string path, string[] expected, string[] actual)
    {
        var common = LongestCommon(expected, actual);
        var text = new StringBuilder($"It is not what {path} says ({Update}=1 in the environment writes it anew):");
        for (int e = 0, a = 0; e < expected.Length || a < actual.Length;)
        {
            if (e < expected.Length && a < actual.Length && expected[e] == actual[a])
            {
                (e, a) = (e + 1, a + 1);
            }
            else if (a == actual.Length || (e < expected.Length && common[e + 1, a] >= common[e, a + 1]))
            {
                text.Append($"\n  line {e + 1}, missing: {expected[e++]}");
            }
            else
            {
                text.Append($"\n  line {a + 1}, new:     {actual[a++]}");
            }
        }

        return text.ToString();
    }

    private static int[,] LongestCommon(string[] one, string[] other)
    {
        var length = new int[one.Length + 1, other.Length + 1];
        for (var i = one.Length - 1; i >= 0; i--)
        {
            for (var j = other.Length - 1; j >= 0; j--)
            {
                length[i, j] = one[i] == other[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
            }
        }

        return length;
    }
}
