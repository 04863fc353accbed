/*
 * A stand-in for Windows' event log API, for tests under Wine, which does not implement it. It shows that the exporter's own code and .NET's
 * System.Diagnostics.Eventing.Reader run on a log that behaves as documented (learn.microsoft.com, winevt.h); it is no proof of how Windows behaves.
 *
 * A channel is a text file in the folder that SMB1_STANDIN names (C:\smb1-standin when unset): the channel's name with '_' for '/', and ".channel".
 * No file: no such channel. Header lines "key=value" (see parse_header), an empty line, then a record a line, by rising number:
 *   EventRecordID TAB EventID TAB ProviderName TAB TimeCreated (2026-11-23T03:40:36.0468210Z) TAB Version TAB event XML
 * The tests replace the file by renaming a new one over it; every call looks at the file anew.
 */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <winevt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define EXPORT __declspec(dllexport)
#define NAME_CHARACTERS 256
#define POLL_MILLISECONDS 50
#define LOCKED_TRIES 100

typedef struct {
    UINT64 id;
    UINT64 time; /* FILETIME */
    unsigned event;
    unsigned version;
    char *provider; /* UTF-8, as the XML */
    char *xml;
} Record;

typedef enum { SUBSCRIBE_OK, SUBSCRIBE_REFUSED, SUBSCRIBE_FAIL, SUBSCRIBE_SILENT } SubscribeMode;

typedef struct {
    WCHAR name[NAME_CHARACTERS];
    BY_HANDLE_FILE_INFORMATION version; /* which version of the file this is */
    char *text;                         /* the records point into it */
    Record *records;
    size_t count;
    BOOL enabled, denied, save_denied, service_down, seek_stale, render_fails;
    UINT64 max_bytes, file_bytes, generation;
    SubscribeMode subscribe;
} Channel;

typedef struct {
    enum { EVERYTHING, FROM_RECORD, FROM_TIME, SMB1_EVENTS } what;
    UINT64 from;
} Filter;

typedef enum { QUERY, SUBSCRIPTION, EVENT, RENDER_CONTEXT, BOOKMARK, CONFIG, LOG } Kind;

/* What an EVT_HANDLE is; which fields are used depends on its kind. */
typedef struct {
    Kind kind;
    WCHAR channel[NAME_CHARACTERS];
    Filter filter;     /* QUERY, SUBSCRIPTION */
    UINT64 generation; /* QUERY, SUBSCRIPTION */
    UINT64 next;       /* QUERY, SUBSCRIPTION: the record number to go on from; BOOKMARK: the record */
    BOOL reverse;      /* QUERY */
    UINT64 announced;  /* SUBSCRIPTION: the newest record that was signalled */
    BOOL dead, failed; /* SUBSCRIPTION: neither ever heals, as with the real ones */
    HANDLE signal, stop, thread;
    Record event; /* EVENT */
    DWORD property_count; /* RENDER_CONTEXT */
    BOOL enabled; /* CONFIG: as it was set, or found */
} Object;

static const WCHAR smb1_query[] = L"*[System[Provider[@Name='Microsoft-Windows-SMBServer'] and (EventID=3000 or EventID=1001)]]";
static const char smb_server[] = "Microsoft-Windows-SMBServer";
static const GUID smb_server_id = {0xd48ce617, 0x33a2, 0x4bc3, {0xa5, 0xc7, 0x11, 0xaa, 0x4f, 0x29, 0x61, 0x9e}};

/* Taken by every call and by the threads of the subscriptions: nothing here is worth more than one lock. */
static SRWLOCK lock = SRWLOCK_INIT;
static Channel channels[8];

static BOOL done(DWORD error)
{
    SetLastError(error);
    return error == ERROR_SUCCESS;
}

/* The outcome of a call that makes an object: the object, or NULL for an error. */
static EVT_HANDLE made(Object *object, DWORD error)
{
    if (error != ERROR_SUCCESS) {
        free(object);
        object = NULL;
    }
    SetLastError(error);
    return object;
}

static Object *as(EVT_HANDLE handle, Kind kind)
{
    Object *object = handle;
    return object != NULL && object->kind == kind ? object : NULL;
}

static Object *new_object(Kind kind, const WCHAR *channel)
{
    Object *object = calloc(1, sizeof *object);
    object->kind = kind;
    wcsncpy(object->channel, channel, NAME_CHARACTERS - 1);
    return object;
}

static char *copy(const char *text)
{
    return strcpy(malloc(strlen(text) + 1), text);
}

/* ISO 8601 in UTC with up to seven digits of fraction to FILETIME; 0 for anything else. */
static UINT64 parse_time(const char *text)
{
    SYSTEMTIME time = {0};
    FILETIME file_time;
    UINT64 ticks = 0;
    int end = 0;
    if (sscanf(text, "%4hu-%2hu-%2huT%2hu:%2hu:%2hu%n", &time.wYear, &time.wMonth, &time.wDay, &time.wHour, &time.wMinute, &time.wSecond, &end) != 6
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

/* The channel as its file says now, or the error that every call on it gives. Read again only when the file is another one than before. */
static DWORD load(const WCHAR *name, Channel **loaded)
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

/* Exactly the queries that the exporter sends; another one is news, and refused. */
static BOOL parse_query(const WCHAR *query, Filter *filter)
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

static BOOL matches(const Filter *filter, const Record *record)
{
    switch (filter->what) {
    case FROM_RECORD: return record->id >= filter->from;
    case FROM_TIME: return record->time >= filter->from;
    case SMB1_EVENTS: return strcmp(record->provider, smb_server) == 0 && (record->event == 3000 || record->event == 1001);
    default: return TRUE;
    }
}

/* Hands out what comes next; moves the position behind it. */
static DWORD take(Object *from, const Channel *channel, DWORD limit, EVT_HANDLE *events, DWORD *returned)
{
    for (size_t i = 0; i < channel->count && *returned < limit; i++) {
        const Record *record = &channel->records[from->reverse ? channel->count - 1 - i : i];
        if (!matches(&from->filter, record) || (from->reverse ? record->id > from->next : record->id < from->next))
            continue;
        Object *event = new_object(EVENT, channel->name);
        event->event = *record;
        event->event.provider = copy(record->provider);
        event->event.xml = copy(record->xml);
        events[(*returned)++] = event;
        from->next = from->reverse ? record->id - 1 : record->id + 1;
    }
    return *returned > 0 ? ERROR_SUCCESS : ERROR_NO_MORE_ITEMS;
}

EXPORT EVT_HANDLE WINAPI EvtQuery(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags)
{
    Channel *channel;
    Object *object = new_object(QUERY, path == NULL ? L"" : path);
    AcquireSRWLockExclusive(&lock);
    DWORD error = session != NULL || (flags & EvtQueryFilePath) != 0 ? ERROR_NOT_SUPPORTED : load(object->channel, &channel);
    if (error == ERROR_SUCCESS) {
        object->reverse = (flags & EvtQueryReverseDirection) != 0;
        object->next = object->reverse ? UINT64_MAX : 0;
        object->generation = channel->generation;
        error = parse_query(query, &object->filter) ? ERROR_SUCCESS : ERROR_EVT_INVALID_QUERY;
    }
    ReleaseSRWLockExclusive(&lock);
    return made(object, error);
}

static DWORD next_of_subscription(Object *subscription, const Channel *channel, DWORD limit, EVT_HANDLE *events, DWORD *returned)
{
    if (subscription->failed)
        return ERROR_EVT_QUERY_RESULT_STALE;
    return subscription->dead ? ERROR_NO_MORE_ITEMS : take(subscription, channel, limit, events, returned);
}

EXPORT BOOL WINAPI EvtNext(EVT_HANDLE result_set, DWORD limit, EVT_HANDLE *events, DWORD timeout, DWORD flags, PDWORD returned)
{
    (void)timeout, (void)flags;
    Channel *channel;
    Object *query = as(result_set, QUERY), *subscription = as(result_set, SUBSCRIPTION);
    *returned = 0;
    if (query == NULL && subscription == NULL)
        return done(ERROR_INVALID_HANDLE);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(((Object *)result_set)->channel, &channel);
    if (error == ERROR_SUCCESS && subscription != NULL)
        error = next_of_subscription(subscription, channel, limit, events, returned);
    else if (error == ERROR_SUCCESS)
        error = query->generation != channel->generation ? ERROR_EVT_QUERY_RESULT_STALE : take(query, channel, limit, events, returned);
    ReleaseSRWLockExclusive(&lock);
    return done(error);
}

/* Where a seek ends, as EVT_SEEK_FLAGS documents it, bookmarks of records that are gone and offsets past the boundary included. */
static DWORD seek(Object *query, const Channel *channel, LONGLONG offset, const Object *bookmark, DWORD flags)
{
    UINT64 *ids = malloc((channel->count + 1) * sizeof *ids);
    LONGLONG count = 0, at = 0;
    BOOL missing = FALSE;
    for (size_t i = 0; i < channel->count; i++) {
        const Record *record = &channel->records[query->reverse ? channel->count - 1 - i : i];
        if (matches(&query->filter, record))
            ids[count++] = record->id;
    }
    if ((flags & EvtSeekOriginMask) == EvtSeekRelativeToLast) {
        at = count - 1;
    } else if ((flags & EvtSeekOriginMask) != EvtSeekRelativeToFirst) {
        UINT64 sought = bookmark != NULL ? bookmark->next : query->next;
        while (at < count && (query->reverse ? ids[at] > sought : ids[at] < sought))
            at++;
        missing = bookmark != NULL && (at == count || ids[at] != sought);
        /* From a record that is not in the result set, one step forward is the next that is. */
        if (missing && at < count && offset > 0)
            at--;
    }
    at += offset;
    missing = missing || at < 0 || at >= count;
    if (!missing || (flags & EvtSeekStrict) == 0) {
        at = at < 0 ? 0 : at >= count ? count - 1 : at;
        query->next = count > 0 ? ids[at] : query->next;
        missing = FALSE;
    }
    free(ids);
    return missing ? ERROR_NOT_FOUND : ERROR_SUCCESS;
}

EXPORT BOOL WINAPI EvtSeek(EVT_HANDLE result_set, LONGLONG offset, EVT_HANDLE bookmark_handle, DWORD timeout, DWORD flags)
{
    Channel *channel;
    Object *query = as(result_set, QUERY), *bookmark = as(bookmark_handle, BOOKMARK);
    BOOL to_bookmark = (flags & EvtSeekOriginMask) == EvtSeekRelativeToBookmark;
    if (query == NULL || to_bookmark != (bookmark != NULL) || timeout != 0)
        return done(query == NULL ? ERROR_INVALID_HANDLE : ERROR_INVALID_PARAMETER);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(query->channel, &channel);
    if (error == ERROR_SUCCESS && (channel->seek_stale || query->generation != channel->generation))
        error = ERROR_EVT_QUERY_RESULT_STALE;
    if (error == ERROR_SUCCESS && to_bookmark && _wcsicmp(bookmark->channel, query->channel) != 0)
        error = ERROR_NOT_FOUND;
    if (error == ERROR_SUCCESS)
        error = seek(query, channel, offset, bookmark, flags);
    ReleaseSRWLockExclusive(&lock);
    return done(error);
}

/* Signals what is new to a subscription, or does to the subscription what the channel's file says. */
static void announce(Object *subscription)
{
    Channel *channel;
    DWORD error = load(subscription->channel, &channel);
    if (error == RPC_S_SERVER_UNAVAILABLE || (error == ERROR_SUCCESS && channel->subscribe == SUBSCRIBE_SILENT))
        subscription->dead = TRUE;
    if (error != ERROR_SUCCESS || subscription->dead)
        return;
    if (subscription->generation != channel->generation) {
        subscription->generation = channel->generation;
        subscription->announced = subscription->next = 0;
    }
    BOOL news = FALSE;
    for (size_t i = channel->count; i > 0 && channel->records[i - 1].id > subscription->announced; i--)
        news |= matches(&subscription->filter, &channel->records[i - 1]);
    if (channel->count > 0)
        subscription->announced = channel->records[channel->count - 1].id;
    if (news) {
        subscription->failed |= channel->subscribe == SUBSCRIBE_FAIL;
        SetEvent(subscription->signal);
    }
}

static DWORD WINAPI watch(LPVOID parameter)
{
    Object *subscription = parameter;
    while (WaitForSingleObject(subscription->stop, POLL_MILLISECONDS) == WAIT_TIMEOUT) {
        AcquireSRWLockExclusive(&lock);
        announce(subscription);
        ReleaseSRWLockExclusive(&lock);
    }
    return 0;
}

EXPORT EVT_HANDLE WINAPI EvtSubscribe(EVT_HANDLE session, HANDLE signal, LPCWSTR path, LPCWSTR query, EVT_HANDLE bookmark_handle, PVOID context,
    EVT_SUBSCRIBE_CALLBACK callback, DWORD flags)
{
    (void)context;
    Channel *channel;
    Object *object = new_object(SUBSCRIPTION, path == NULL ? L"" : path), *bookmark = as(bookmark_handle, BOOKMARK);
    DWORD origin = flags & EvtSubscribeOriginMask;
    AcquireSRWLockExclusive(&lock);
    DWORD error = session != NULL || callback != NULL || signal == NULL ? ERROR_NOT_SUPPORTED : load(object->channel, &channel);
    if (error == ERROR_SUCCESS && channel->subscribe == SUBSCRIBE_REFUSED)
        error = RPC_S_SERVER_UNAVAILABLE;
    if (error == ERROR_SUCCESS && !parse_query(query, &object->filter))
        error = ERROR_EVT_INVALID_QUERY;
    if (error == ERROR_SUCCESS && (origin == EvtSubscribeStartAfterBookmark) != (bookmark != NULL))
        error = ERROR_INVALID_PARAMETER;
    if (error == ERROR_SUCCESS && origin == EvtSubscribeStartAfterBookmark && (flags & EvtSubscribeStrict) != 0) {
        error = ERROR_NOT_FOUND;
        for (size_t i = 0; i < channel->count; i++)
            error = channel->records[i].id == bookmark->next ? ERROR_SUCCESS : error;
    }
    if (error == ERROR_SUCCESS) {
        object->generation = channel->generation;
        object->announced = origin == EvtSubscribeStartAtOldestRecord ? 0
            : bookmark != NULL                                        ? bookmark->next
            : channel->count > 0                                      ? channel->records[channel->count - 1].id
                                                                      : 0;
        object->next = object->announced + 1;
        /* A handle of its own: callers close theirs before the subscription. */
        DuplicateHandle(GetCurrentProcess(), signal, GetCurrentProcess(), &object->signal, 0, FALSE, DUPLICATE_SAME_ACCESS);
        object->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
        object->thread = CreateThread(NULL, 0, watch, object, 0, NULL);
    }
    ReleaseSRWLockExclusive(&lock);
    return made(object, error);
}

/* Only System values can be rendered: the exporter asks for no others. */
EXPORT EVT_HANDLE WINAPI EvtCreateRenderContext(DWORD count, LPCWSTR *paths, DWORD flags)
{
    (void)count, (void)paths;
    Object *context = new_object(RENDER_CONTEXT, L"");
    context->property_count = flags == EvtRenderContextSystem ? EvtSystemPropertyIdEND : 0;
    return made(context, flags == EvtRenderContextValues ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS);
}

/* What fits is written; the size that is needed is told in any case. */
static BOOL answer(const void *value, DWORD bytes, DWORD size, void *buffer, PDWORD used)
{
    *used = bytes;
    if (size < bytes || buffer == NULL)
        return done(ERROR_INSUFFICIENT_BUFFER);
    memcpy(buffer, value, bytes);
    return done(ERROR_SUCCESS);
}

static BOOL answer_text(const char *utf8, DWORD size, void *buffer, PDWORD used)
{
    int characters = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0);
    WCHAR *text = malloc(characters * sizeof *text);
    MultiByteToWideChar(CP_UTF8, 0, utf8, -1, text, characters);
    BOOL answered = answer(text, characters * sizeof *text, size, buffer, used);
    free(text);
    return answered;
}

/* One value of an event, from the columns of its line. What is longer than a number goes behind all values, to *tail; those move on. */
static EVT_VARIANT value_of(const Object *event, DWORD property, char **tail)
{
    EVT_VARIANT value = {.Type = EvtVarTypeNull};
    switch (property) {
    case EvtSystemProviderName:
    case EvtSystemChannel:
        value.Type = EvtVarTypeString;
        value.StringVal = (WCHAR *)*tail;
        if (property == EvtSystemChannel)
            wcscpy((WCHAR *)*tail, event->channel);
        else
            MultiByteToWideChar(CP_UTF8, 0, event->event.provider, -1, (WCHAR *)*tail, NAME_CHARACTERS);
        *tail += NAME_CHARACTERS * sizeof(WCHAR);
        break;
    case EvtSystemProviderGuid:
        if (strcmp(event->event.provider, smb_server) != 0)
            break;
        value.Type = EvtVarTypeGuid;
        value.GuidVal = memcpy(*tail, &smb_server_id, sizeof smb_server_id);
        *tail += sizeof smb_server_id;
        break;
    case EvtSystemEventID:
        value.Type = EvtVarTypeUInt16;
        value.UInt16Val = (UINT16)event->event.event;
        break;
    case EvtSystemTimeCreated:
        value.Type = EvtVarTypeFileTime;
        value.FileTimeVal = event->event.time;
        break;
    case EvtSystemEventRecordId:
        value.Type = EvtVarTypeUInt64;
        value.UInt64Val = event->event.id;
        break;
    case EvtSystemVersion:
        value.Type = EvtVarTypeByte;
        value.ByteVal = (UINT8)event->event.version;
        break;
    }
    return value;
}

static BOOL render_values(const Object *context, const Object *event, DWORD size, PVOID buffer, PDWORD used, PDWORD count)
{
    /* Room for the longest value of each, so that the size need not be worked out first. */
    DWORD values = context->property_count * sizeof(EVT_VARIANT);
    *used = values + context->property_count * NAME_CHARACTERS * sizeof(WCHAR);
    *count = context->property_count;
    if (size < *used || buffer == NULL)
        return done(ERROR_INSUFFICIENT_BUFFER);
    char *tail = (char *)buffer + values;
    for (DWORD i = 0; i < context->property_count; i++)
        ((EVT_VARIANT *)buffer)[i] = value_of(event, i, &tail);
    return done(ERROR_SUCCESS);
}

static BOOL render_bookmark(const Object *bookmark, DWORD size, PVOID buffer, PDWORD used)
{
    WCHAR text[NAME_CHARACTERS + 120];
    int length = _snwprintf(text, sizeof text / sizeof *text,
        L"<BookmarkList>\r\n  <Bookmark Channel='%ls' RecordId='%I64u' IsCurrent='true'/>\r\n</BookmarkList>", bookmark->channel, bookmark->next);
    return answer(text, (length + 1) * sizeof *text, size, buffer, used);
}

EXPORT BOOL WINAPI EvtRender(EVT_HANDLE context_handle, EVT_HANDLE fragment, DWORD flags, DWORD size, PVOID buffer, PDWORD used, PDWORD count)
{
    Channel *channel;
    Object *event = as(fragment, EVENT), *bookmark = as(fragment, BOOKMARK), *context = as(context_handle, RENDER_CONTEXT);
    *count = 0;
    if (flags == EvtRenderBookmark && bookmark != NULL)
        return render_bookmark(bookmark, size, buffer, used);
    if (event == NULL || (flags == EvtRenderEventValues && context == NULL))
        return done(ERROR_INVALID_HANDLE);
    if (flags == EvtRenderEventValues)
        return render_values(context, event, size, buffer, used, count);
    AcquireSRWLockExclusive(&lock);
    BOOL fails = load(event->channel, &channel) == ERROR_SUCCESS && channel->render_fails;
    ReleaseSRWLockExclusive(&lock);
    return fails ? done(ERROR_EVT_INVALID_EVENT_DATA) : answer_text(event->event.xml, size, buffer, used);
}

/* The value of an attribute, in quotes of either kind. */
static BOOL attribute(const WCHAR *xml, const WCHAR *name, WCHAR *value)
{
    const WCHAR *found = wcsstr(xml, name), *end = found == NULL ? NULL : wcschr(found + wcslen(name) + 1, found[wcslen(name)]);
    if (end == NULL || end - found - wcslen(name) > NAME_CHARACTERS)
        return FALSE;
    wcsncpy(value, found + wcslen(name) + 1, end - found - wcslen(name) - 1);
    return TRUE;
}

EXPORT EVT_HANDLE WINAPI EvtCreateBookmark(LPCWSTR xml)
{
    WCHAR record[NAME_CHARACTERS] = L"0";
    Object *bookmark = new_object(BOOKMARK, L"");
    BOOL usable = xml == NULL || (attribute(xml, L"Channel=", bookmark->channel) && attribute(xml, L"RecordId=", record));
    bookmark->next = _wcstoui64(record, NULL, 10);
    return made(bookmark, usable ? ERROR_SUCCESS : ERROR_EVT_MALFORMED_XML_TEXT);
}

EXPORT BOOL WINAPI EvtUpdateBookmark(EVT_HANDLE bookmark_handle, EVT_HANDLE event_handle)
{
    Object *bookmark = as(bookmark_handle, BOOKMARK), *event = as(event_handle, EVENT);
    if (bookmark == NULL || event == NULL)
        return done(ERROR_INVALID_HANDLE);
    wcscpy(bookmark->channel, event->channel);
    bookmark->next = event->event.id;
    return done(ERROR_SUCCESS);
}

static EVT_HANDLE open_channel(Kind kind, const WCHAR *path)
{
    Channel *channel;
    Object *object = new_object(kind, path == NULL ? L"" : path);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(object->channel, &channel);
    object->enabled = error == ERROR_SUCCESS && channel->enabled;
    ReleaseSRWLockExclusive(&lock);
    return made(object, error);
}

EXPORT EVT_HANDLE WINAPI EvtOpenChannelConfig(EVT_HANDLE session, LPCWSTR path, DWORD flags)
{
    (void)session, (void)flags;
    return open_channel(CONFIG, path);
}

EXPORT EVT_HANDLE WINAPI EvtOpenLog(EVT_HANDLE session, LPCWSTR path, DWORD flags)
{
    (void)session, (void)flags;
    return open_channel(LOG, path);
}

EXPORT BOOL WINAPI EvtGetChannelConfigProperty(
    EVT_HANDLE handle, EVT_CHANNEL_CONFIG_PROPERTY_ID property, DWORD flags, DWORD size, PEVT_VARIANT buffer, PDWORD used)
{
    (void)flags;
    Channel *channel;
    EVT_VARIANT value = {.Type = EvtVarTypeNull};
    Object *config = as(handle, CONFIG);
    if (config == NULL)
        return done(ERROR_INVALID_HANDLE);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(config->channel, &channel);
    if (property == EvtChannelConfigEnabled) {
        value.Type = EvtVarTypeBoolean;
        value.BooleanVal = config->enabled;
    } else if (property == EvtChannelLoggingConfigMaxSize && error == ERROR_SUCCESS) {
        value.Type = EvtVarTypeUInt64;
        value.UInt64Val = channel->max_bytes;
    } else if (error == ERROR_SUCCESS) {
        error = ERROR_NOT_SUPPORTED;
    }
    ReleaseSRWLockExclusive(&lock);
    return error == ERROR_SUCCESS ? answer(&value, sizeof value, size, buffer, used) : done(error);
}

EXPORT BOOL WINAPI EvtSetChannelConfigProperty(EVT_HANDLE handle, EVT_CHANNEL_CONFIG_PROPERTY_ID property, DWORD flags, PEVT_VARIANT value)
{
    (void)flags;
    Object *config = as(handle, CONFIG);
    if (config == NULL || property != EvtChannelConfigEnabled || value->Type != EvtVarTypeBoolean)
        return done(config == NULL ? ERROR_INVALID_HANDLE : ERROR_NOT_SUPPORTED);
    config->enabled = value->BooleanVal;
    return done(ERROR_SUCCESS);
}

/* The same file with another first line "enabled=", put in its place as the tests do it. */
static DWORD write_enabled(const WCHAR *channel, BOOL enabled)
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

EXPORT BOOL WINAPI EvtSaveChannelConfig(EVT_HANDLE handle, DWORD flags)
{
    (void)flags;
    Channel *channel;
    Object *config = as(handle, CONFIG);
    if (config == NULL)
        return done(ERROR_INVALID_HANDLE);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(config->channel, &channel);
    if (error == ERROR_SUCCESS)
        error = channel->save_denied ? ERROR_ACCESS_DENIED : write_enabled(config->channel, config->enabled);
    ReleaseSRWLockExclusive(&lock);
    return done(error);
}

EXPORT BOOL WINAPI EvtGetLogInfo(EVT_HANDLE handle, EVT_LOG_PROPERTY_ID property, DWORD size, PEVT_VARIANT buffer, PDWORD used)
{
    Channel *channel;
    EVT_VARIANT value = {.Type = EvtVarTypeNull};
    Object *log = as(handle, LOG);
    if (log == NULL)
        return done(ERROR_INVALID_HANDLE);
    AcquireSRWLockExclusive(&lock);
    DWORD error = load(log->channel, &channel);
    if (error == ERROR_SUCCESS && (property == EvtLogFileSize || property == EvtLogNumberOfLogRecords || property == EvtLogOldestRecordNumber)) {
        value.Type = EvtVarTypeUInt64;
        value.UInt64Val = property == EvtLogFileSize ? channel->file_bytes
            : property == EvtLogNumberOfLogRecords   ? channel->count
            : channel->count > 0                     ? channel->records[0].id
                                                     : 0;
    }
    ReleaseSRWLockExclusive(&lock);
    return error == ERROR_SUCCESS ? answer(&value, sizeof value, size, buffer, used) : done(error);
}

EXPORT BOOL WINAPI EvtClose(EVT_HANDLE handle)
{
    Object *object = handle;
    if (object == NULL)
        return done(ERROR_INVALID_HANDLE);
    if (object->thread != NULL) {
        SetEvent(object->stop);
        WaitForSingleObject(object->thread, INFINITE);
        CloseHandle(object->thread);
        CloseHandle(object->stop);
        CloseHandle(object->signal);
    }
    free(object->event.provider);
    free(object->event.xml);
    free(object);
    return done(ERROR_SUCCESS);
}
