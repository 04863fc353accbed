using System.Globalization;

namespace Smb1Exporter.Probing.Wire;

/// <summary>Statuses of NT (MS-ERREF 2.3.1) that are decided by, and the names of those that an administrator may meet.</summary>
internal static class NtStatus
{
    public const uint Success = 0;
    public const uint Pending = 0x00000103;
    public const uint MoreProcessingRequired = 0xC0000016;
    public const uint NotSupported = 0xC00000BB;
    public const uint AccessDenied = 0xC0000022;
    private const uint NoLogonServers = 0xC000005E;
    private const uint LogonFailure = 0xC000006D;
    private const uint NoTrustAccount = 0xC000018B;
    private const uint NoDomainController = 0xC0000233;
    private const uint NtlmBlocked = 0xC0000418;

    /// <summary>
    /// Whether a server that answers a log-on so has asked its authentication, which writes the audit's record. Other errors come before it (no memory, a
    /// request that was not understood), so that the lack of a record says nothing.
    /// </summary>
    public static bool IsOfAuthentication(uint status) =>
        status is Success or AccessDenied or LogonFailure or NoLogonServers or NoTrustAccount or NoDomainController or NtlmBlocked;

    /// <summary>Its name, or its number.</summary>
    public static string NameOf(uint status) => status switch
    {
        Success => "STATUS_SUCCESS",
        Pending => "STATUS_PENDING",
        MoreProcessingRequired => "STATUS_MORE_PROCESSING_REQUIRED",
        NotSupported => "STATUS_NOT_SUPPORTED",
        AccessDenied => "STATUS_ACCESS_DENIED",
        NoLogonServers => "STATUS_NO_LOGON_SERVERS",
        LogonFailure => "STATUS_LOGON_FAILURE",
        NoTrustAccount => "STATUS_NO_TRUST_SAM_ACCOUNT",
        NoDomainController => "STATUS_DOMAIN_CONTROLLER_NOT_FOUND",
        NtlmBlocked => "STATUS_NTLM_BLOCKED",
        0xC000000D => "STATUS_INVALID_PARAMETER",
        0xC0000017 => "STATUS_NO_MEMORY",
        0xC000009A => "STATUS_INSUFFICIENT_RESOURCES",
        0xC00000D0 => "STATUS_REQUEST_NOT_ACCEPTED",
        0xC00000E5 => "STATUS_INTERNAL_ERROR",
        0xC0000203 => "STATUS_USER_SESSION_DELETED",
        _ => string.Create(CultureInfo.InvariantCulture, $"status 0x{status:X8}"),
    };
}
