/*
 * The log behind the stand-in event log. A channel is a text file in the folder that SMB1_STANDIN names (C:\smb1-standin when unset), called
 * as the channel with '_' for '/', and ".channel". No file: no such channel. Header lines "key=value" (see parse_header), an empty line,
 * then a record a line, by rising number:
 *   EventRecordID TAB EventID TAB ProviderName TAB TimeCreated (2026-11-23T03:40:36.0468210Z) TAB Version TAB event XML
 * The tests replace the file by renaming a new one over it; every call looks at the file anew.
 */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>

#define NAME_CHARACTERS 256

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

extern const char smb_server[];

/* The channel as its file says now, or the error that every call on it gives. Its owner must keep others from calling meanwhile. */
DWORD load(const WCHAR *name, Channel **loaded);

/* Sets whether the channel records. */
DWORD write_enabled(const WCHAR *channel, BOOL enabled);

/* Understands exactly the queries that the exporter sends; another one is news, and refused. */
BOOL parse_query(const WCHAR *query, Filter *filter);

BOOL matches(const Filter *filter, const Record *record);
