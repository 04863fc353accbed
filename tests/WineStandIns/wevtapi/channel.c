#include "channel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LOCKED_TRIES 100

const char smb_server[] = "Microsoft-Windows-SMBServer";
static const WCHAR smb1_query[] = L"*[System[Provider[@Name='Microsoft-Windows-SMBServer'] and (EventID=3000 or EventID=1001)]]";
static Channel channels[8];

/* ISO 8601 in UTC with up to seven digits of fraction to FILETIME; 0 for anything else. */
static UINT64 parse_time(const char *text)
{
    SYSTEMTIME time = {0};
    FILETIME file_time;
    UINT64 ticks = 0;
    int end = 0;
    if (sscanf(text, "%4hu-%2hu-%2huT%2hu:%2hu:%2hu%n",
            &time.wYear, &time.wMonth, &time.wDay, &time.wHour, &time.wMinute, &time.wSecond, &end) != 6
        || !SystemTimeToFileTime(&time, &file_time))
        return 0;
    text += end;
    if (*text == '.') {
        UINT64 unit = 1000000;
        for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
            ticks += (*text - '0') * unit;
    }
    return strcmp(text, "Z") == 0 ? ((UINT64)file_time.dwHighDateTime << 32 | file_time.dwLowDateTime) + ticks : 0;
}

static void parse_header(Channel *channel, const char *line)
{
    static const char *const modes[] = {"subscribe=ok", "subscribe=refused", "subscribe=fail", "subscribe=silent"};
    if (strncmp(line, "enabled=", 8) == 0)
        channel->enabled = line[8] == '1';
    else if (strncmp(line, "maxBytes=", 9) == 0)
        channel->max_bytes = strtoull(line + 9, NULL, 10);
    else if (strncmp(line, "fileBytes=", 10) == 0)
        channel->file_bytes = strtoull(line + 10, NULL, 10);
    else if (strncmp(line, "generation=", 11) == 0)
        channel->generation = strtoull(line + 11, NULL, 10); /* another one after each clear */
    channel->denied |= strcmp(line, "access=denied") == 0;
    channel->save_denied |= strcmp(line, "save=denied") == 0;
    channel->service_down |= strcmp(line, "service=down") == 0;
    channel->seek_stale |= strcmp(line, "seek=stale") == 0;
    channel->render_fails |= strcmp(line, "render=fail") == 0;
    for (int mode = SUBSCRIBE_OK; mode <= SUBSCRIBE_SILENT; mode++)
        if (strcmp(line, modes[mode]) == 0)
            channel->subscribe = mode;
}

static BOOL parse_record(Record *record, char *line)
{
    char *columns[6] = {line};
    for (int i = 1; i < 6; i++) {
        char *tab = strchr(columns[i - 1], '\t');
        if (tab == NULL)
            return FALSE;
        *tab = '\0';
        columns[i] = tab + 1;
    }
    record->id = strtoull(columns[0], NULL, 10);
    record->event = (unsigned)strtoul(columns[1], NULL, 10);
    record->provider = columns[2];
    record->time = parse_time(columns[3]);
    record->version = (unsigned)strtoul(columns[4], NULL, 10);
    record->xml = columns[5];
    return record->id != 0 && record->time != 0;
}

static DWORD parse_channel(Channel *channel)
{
    BOOL in_header = TRUE;
    size_t room = 0;
    free(channel->records);
    channel->records = NULL;
    channel->count = 0;
    channel->enabled = TRUE;
    channel->denied = channel->save_denied = channel->service_down = channel->seek_stale = channel->render_fails = FALSE;
    channel->max_bytes = 8 * 1024 * 1024;
    channel->file_bytes = 68 * 1024;
    channel->generation = 0;
    channel->subscribe = SUBSCRIBE_OK;
    for (char *line = channel->text, *end; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        if (*end != '\0')
            *end++ = '\0';
        if (*line == '\0') {
            in_header = FALSE;
        } else if (in_header) {
            parse_header(channel, line);
        } else {
            if (channel->count == room)
                channel->records = realloc(channel->records, (room = room * 2 + 64) * sizeof *channel->records);
            if (!parse_record(&channel->records[channel->count++], line))
                return ERROR_INVALID_DATA;
        }
    }
    return ERROR_SUCCESS;
}

static void file_of(const WCHAR *channel, WCHAR *path)
{
    WCHAR folder[MAX_PATH];
    DWORD length = GetEnvironmentVariableW(L"SMB1_STANDIN", folder, MAX_PATH);
    if (length == 0 || length >= MAX_PATH)
        wcscpy(folder, L"C:\\smb1-standin");
    _snwprintf(path, 2 * MAX_PATH - 1, L"%ls\\%ls.channel", folder, channel);
    path[2 * MAX_PATH - 1] = L'\0';
    for (WCHAR *c = path + wcslen(folder); *c != L'\0'; c++)
        *c = *c == L'/' ? L'_' : *c;
}

/* Opened so that the tests may replace it meanwhile; waits while somebody else has it locked. */
static HANDLE open_shared(const WCHAR *path)
{
    HANDLE file = INVALID_HANDLE_VALUE;
    for (int i = 0; i < LOCKED_TRIES; i++) {
        file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        if (file != INVALID_HANDLE_VALUE || (GetLastError() != ERROR_SHARING_VIOLATION && GetLastError() != ERROR_ACCESS_DENIED))
            break;
        Sleep(10);
    }
    return file;
}

static char *read_text(HANDLE file, DWORD size)
{
    char *text = malloc((size_t)size + 1);
    DWORD read = 0, part;
    while (read < size && ReadFile(file, text + read, size - read, &part, NULL) && part > 0)
        read += part;
    text[read] = '\0';
    return text;
}

/* Reads the file only when it is another one than before. */
DWORD load(const WCHAR *name, Channel **loaded)
{
    WCHAR path[2 * MAX_PATH];
    BY_HANDLE_FILE_INFORMATION version;
    Channel *channel = channels;
    DWORD error = ERROR_SUCCESS;
    while (channel->name[0] != L'\0' && _wcsicmp(channel->name, name) != 0)
        if (++channel == channels + sizeof channels / sizeof *channels)
            return ERROR_OUTOFMEMORY;
    file_of(name, path);
    HANDLE file = open_shared(path);
    if (file == INVALID_HANDLE_VALUE)
        return ERROR_EVT_CHANNEL_NOT_FOUND;
    GetFileInformationByHandle(file, &version);
    version.ftLastAccessTime = channel->version.ftLastAccessTime;
    if (memcmp(&version, &channel->version, sizeof version) != 0) {
        wcsncpy(channel->name, name, NAME_CHARACTERS - 1);
        free(channel->text);
        channel->text = read_text(file, version.nFileSizeLow);
        error = parse_channel(channel);
        channel->version = version;
    }
    CloseHandle(file);
    *loaded = channel;
    return error != ERROR_SUCCESS    ? error
           : channel->service_down ? RPC_S_SERVER_UNAVAILABLE
           : channel->denied       ? ERROR_ACCESS_DENIED
                                   : ERROR_SUCCESS;
}

/* Whether a text is a value between a prefix and a suffix; the value is copied. */
static BOOL is_between(const WCHAR *text, const WCHAR *prefix, const WCHAR *suffix, char *value, size_t size)
{
    size_t length = wcslen(text), before = wcslen(prefix), after = wcslen(suffix);
    if (length <= before + after || length - before - after >= size || wcsncmp(text, prefix, before) != 0
        || wcscmp(text + length - after, suffix) != 0)
        return FALSE;
    for (size_t i = 0; i < size; i++)
        value[i] = i < length - before - after ? (char)text[before + i] : '\0';
    return TRUE;
}

BOOL parse_query(const WCHAR *query, Filter *filter)
{
    char value[40], *end;
    if (query == NULL || wcscmp(query, L"*") == 0) {
        filter->what = EVERYTHING;
    } else if (wcscmp(query, smb1_query) == 0) {
        filter->what = SMB1_EVENTS;
    } else if (is_between(query, L"*[System[EventRecordID>=", L"]]", value, sizeof value)) {
        filter->what = FROM_RECORD;
        filter->from = strtoull(value, &end, 10);
        return *end == '\0';
    } else if (is_between(query, L"*[System[TimeCreated[@SystemTime>='", L"']]]", value, sizeof value)) {
        filter->what = FROM_TIME;
        filter->from = parse_time(value);
        return filter->from != 0;
    } else {
        return FALSE;
    }
    return TRUE;
}

BOOL matches(const Filter *filter, const Record *record)
{
    switch (filter->what) {
    case FROM_RECORD: return record->id >= filter->from;
    case FROM_TIME: return record->time >= filter->from;
    case SMB1_EVENTS: return strcmp(record->provider, smb_server) == 0 && (record->event == 3000 || record->event == 1001);
    default: return TRUE;
    }
}

/* The same file with another first line "enabled=", put in its place as the tests do it. */
DWORD write_enabled(const WCHAR *channel, BOOL enabled)
{
    WCHAR path[2 * MAX_PATH], temporary[2 * MAX_PATH + 8];
    char header[16];
    DWORD written;
    file_of(channel, path);
    HANDLE file = open_shared(path);
    if (file == INVALID_HANDLE_VALUE)
        return GetLastError();
    char *text = read_text(file, GetFileSize(file, NULL));
    CloseHandle(file);
    int length = snprintf(header, sizeof header, "enabled=%d\n", enabled != FALSE);
    char *rest = strncmp(text, header, 8) == 0 ? text + length : text;
    swprintf(temporary, sizeof temporary / sizeof *temporary, L"%ls.saved", path);
    file = CreateFileW(temporary, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    BOOL saved = file != INVALID_HANDLE_VALUE && WriteFile(file, header, length, &written, NULL)
        && WriteFile(file, rest, (DWORD)strlen(rest), &written, NULL);
    CloseHandle(file);
    saved = saved && MoveFileExW(temporary, path, MOVEFILE_REPLACE_EXISTING);
    free(text);
    return saved ? ERROR_SUCCESS : GetLastError();
}
