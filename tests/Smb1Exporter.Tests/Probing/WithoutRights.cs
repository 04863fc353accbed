using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Smb1Exporter.Tests.Probing;

/// <summary>Runs code of the product as an account that is not root, within this process.</summary>
internal static class WithoutRights
{
    private const int Nobody = 65534;
    private const int Unchanged = -1;

    /// <summary>Runs <paramref name="code"/> on a thread of its own, which alone gives up root's rights; it must not leave that thread.</summary>
    public static T Run<T>(Func<T> code)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // The system call itself: the function of the C library of this name changes all threads.
                if (SystemCall(Setresuid, Unchanged, Nobody, Unchanged) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }

                result = code();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException("without rights: " + failure.Message, failure);
    }

    private static long Setresuid => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 117,
        _ => 147, // the number that all newer architectures share
    };

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern long SystemCall(long number, long real, long effective, long saved);
}
