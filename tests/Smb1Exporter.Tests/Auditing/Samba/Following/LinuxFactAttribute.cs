using System.Runtime.CompilerServices;

namespace Smb1Exporter.Tests.Auditing.Samba.Following;

/// <summary>A test that needs Linux: Samba's log is followed nowhere else.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Samba's log is followed on Linux only";
        }
    }
}

/// <inheritdoc cref="LinuxFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Samba's log is followed on Linux only";
        }
    }
}
