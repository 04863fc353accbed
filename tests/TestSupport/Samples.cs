namespace Smb1Exporter.TestSupport;

/// <summary>Recorded (or, where a comment in the file says so, constructed) inputs, copied beside the tests.</summary>
public static class Samples
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Samples", name);

    public static string Read(string name) => File.ReadAllText(PathOf(name));
}
