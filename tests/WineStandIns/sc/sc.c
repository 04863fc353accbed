/*
 * A stand-in for sc.exe under Wine, whose own (put beside it as sc-wine.exe) does not know failureflag: that is noted in failureflag.txt in the folder
 * that SMB1_STANDIN names (C:\smb1-standin when unset), everything else is passed on with the command line as it is.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <wchar.h>

static int note(const WCHAR *service, const WCHAR *flag)
{
    WCHAR path[2 * MAX_PATH];
    if (GetEnvironmentVariableW(L"SMB1_STANDIN", path, MAX_PATH) == 0)
        wcscpy(path, L"C:\\smb1-standin");
    wcscat(path, L"\\failureflag.txt");
    FILE *file = _wfopen(path, L"w");
    if (file == NULL)
        return 1;
    fwprintf(file, L"%ls=%ls\n", service, flag);
    return fclose(file) == 0 ? 0 : 1;
}

/* What follows the program's own name, which may be quoted. */
static const WCHAR *arguments_of(const WCHAR *line)
{
    BOOL quoted = FALSE;
    for (; *line != L'\0' && (quoted || *line != L' '); line++)
        quoted ^= *line == L'"';
    return line;
}

int wmain(int argc, WCHAR **argv)
{
    static WCHAR line[32768], system[MAX_PATH];
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION process;
    DWORD code = 1;
    if (argc == 4 && wcscmp(argv[1], L"failureflag") == 0)
        return note(argv[2], argv[3]);
    GetSystemDirectoryW(system, MAX_PATH);
    _snwprintf(line, sizeof line / sizeof *line - 1, L"\"%ls\\sc-wine.exe\"%ls", system, arguments_of(GetCommandLineW()));
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        return (int)GetLastError();
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return (int)code;
}
