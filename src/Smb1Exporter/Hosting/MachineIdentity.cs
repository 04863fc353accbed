using Microsoft.Win32;

namespace Smb1Exporter.Hosting;

/// <summary>What tells this machine from others.</summary>
internal interface IMachineIdentity
{
    /// <summary>A number that a copy of the machine does not share; null where there is none.</summary>
    string? Id { get; }
}

/// <summary>
/// The machine id: on Linux that of machine-id(5), which whoever copies a machine has to renew; on Windows MachineGuid, which sysprep renews. A
/// container has none, or that of its image.
/// </summary>
internal sealed class MachineIdentity : IMachineIdentity
{
    private const string File = "/etc/machine-id";
    private const string Key = @"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography";

    public string? Id
    {
        get
        {
            try
            {
                var id = OperatingSystem.IsWindows() ? Registry.GetValue(Key, "MachineGuid", null) as string : System.IO.File.ReadAllText(File).Trim();
                return string.IsNullOrEmpty(id) || id == "uninitialized" ? null : id;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
            {
                return null;
            }
        }
    }
}
