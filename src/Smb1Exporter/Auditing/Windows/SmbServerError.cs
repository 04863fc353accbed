using System.Globalization;

namespace Smb1Exporter.Auditing.Windows;

/// <summary>What a cmdlet threw, without its localised text.</summary>
/// <param name="Id">FullyQualifiedErrorId without the name of the cmdlet.</param>
/// <param name="Category">The category, as PowerShell's ErrorCategory names it.</param>
/// <param name="HResult">The HResult; 0 when none was printed.</param>
internal sealed record SmbServerError(string Id, string Category, int HResult)
{
    // winerror.h
    private const int AccessDenied = 5;
    private const int ServerServiceNotStarted = 2114;
    private const int DependentServiceNotActive = 1062;

    // wbemcli.h: access denied.
    private const int ManagementAccessDenied = unchecked((int)0x80041003);

    // wbemcli.h: invalid namespace, invalid class, provider load failure, provider not found.
    private static readonly int[] ManagementErrors =
        [unchecked((int)0x8004100E), unchecked((int)0x80041010), unchecked((int)0x80041013), unchecked((int)0x80041002)];

    private static readonly string[] NoCmdlet =
        ["CommandNotFoundException", "CouldNotAutoloadMatchingModule", "CouldNotAutoLoadModule", "CmdletNotFoundException"];

    /// <summary>A policy keeps PowerShell from loading the module.</summary>
    public bool IsOfPolicy => Category == "SecurityError";

    /// <summary>This account may not do it.</summary>
    public bool IsOfRights => SystemError == AccessDenied || Result == ManagementAccessDenied || Category == "PermissionDenied";

    /// <summary>There is no such cmdlet, or its module cannot be loaded.</summary>
    public bool IsOfModule => Id.StartsWith("Modules_", StringComparison.Ordinal) || NoCmdlet.Contains(Id);

    /// <summary>The cmdlet has no such parameter.</summary>
    public bool IsOfParameter => Id == "NamedParameterNotFound";

    /// <summary>The Server service does not run.</summary>
    public bool IsOfStoppedServer => SystemError is ServerServiceNotStarted or DependentServiceNotActive;

    /// <summary>WMI does not know the class behind the cmdlet, or cannot load its provider.</summary>
    public bool IsOfManagement => ManagementErrors.Contains(Result) || ManagementErrors.Contains(HResult);

    /// <summary>CIM cmdlets name the result in the error id: "HRESULT 0x80070005".</summary>
    private int Result
    {
        get
        {
            const string Prefix = "HRESULT 0x";
            return Id.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(Id.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var result)
                ? result
                : HResult;
        }
    }

    /// <summary>So do they with an error of the system: "Windows System Error 5".</summary>
    private int SystemError
    {
        get
        {
            const string Prefix = "Windows System Error ";
            if (Id.StartsWith(Prefix, StringComparison.Ordinal)
                && int.TryParse(Id.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                return code;
            }

            // FACILITY_WIN32
            return IsOfWin32(Result) ? Result & 0xFFFF : IsOfWin32(HResult) ? HResult & 0xFFFF : 0;
        }
    }

    private static bool IsOfWin32(int result) => (result & unchecked((int)0xFFFF0000)) == unchecked((int)0x80070000);
}
