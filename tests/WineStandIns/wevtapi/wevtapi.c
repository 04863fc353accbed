/*
 * A stand-in for Windows' event log API, for tests under Wine, which does not implement it. It shows that the exporter's code and .NET's
 * System.Diagnostics.Eventing.Reader run on a log that behaves as documented (learn.microsoft.com, winevt.h), and is no proof of how Windows does.
 * Not modelled: remote sessions, log files, other queries than the exporter's, message texts, other values than those of System.
 */
#include "channel.h"
#include <winevt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define EXPORT __declspec(dllexport)
#define POLL_MILLISECONDS 50

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
    Record event;         /* EVENT */
    DWORD property_count; /* RENDER_CONTEXT */
    BOOL enabled;         /* CONFIG: as it was set, or found */
} Object;

static const GUID smb_server_id = {0xd48ce617, 0x33a2, 0x4bc3, {0xa5, 0xc7, 0x11, 0xaa, 0x4f, 0x29, 0x61, 0x9e}};

/* Taken by every call and by the threads of the subscriptions: nothing here is worth more than one lock. */
static SRWLOCK lock = SRWLOCK_INIT;

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

EXPORT EVT_HANDLE WINAPI EvtSubscribe(EVT_HANDLE session, HANDLE signal, LPCWSTR path, LPCWSTR query, EVT_HANDLE bookmark_handle,
    PVOID context, EVT_SUBSCRIBE_CALLBACK callback, DWORD flags)
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
        L"<BookmarkList>\r\n  <Bookmark Channel='%ls' RecordId='%I64u' IsCurrent='true'/>\r\n</BookmarkList>",
        bookmark->channel, bookmark->next);
    return answer(text, (length + 1) * sizeof *text, size, buffer, used);
}

EXPORT BOOL WINAPI EvtRender(
    EVT_HANDLE context_handle, EVT_HANDLE fragment, DWORD flags, DWORD size, PVOID buffer, PDWORD used, PDWORD count)
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
    BOOL known = property == EvtLogFileSize || property == EvtLogNumberOfLogRecords || property == EvtLogOldestRecordNumber;
    if (error == ERROR_SUCCESS && known) {
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
