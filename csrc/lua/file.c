/* file.c: mailseal.core.file: output files that are written whole or not at all (csrc/base/file.h), directories, and
 * terminals. */
#include "lua/binding.h"

#include "base/directory.h"
#include "base/file.h"
#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>

#define FILE_TYPE "mailseal.file"

/* create(path) -> file, or nil, message, code */
static int l_create(lua_State *L)
{
    ms_span path = ms_lua_check_span(L, 1);
    ms_file *file = lua_newuserdata(L, sizeof *file);
    ms_error error;

    *file = MS_FILE_CLOSED;
    luaL_getmetatable(L, FILE_TYPE);
    lua_setmetatable(L, -2);
    return ms_file_create(file, path, &error) ? 1 : ms_lua_fail(L, &error);
}

/* kind(path) -> "file", "directory", "other", "nowhere" or nil */
static int l_kind(lua_State *L)
{
    lua_pushstring(L, ms_file_kind(luaL_checkstring(L, 1)));
    return 1;
}

/* identity(path) -> a text, the same for the same file, or nil */
static int l_identity(lua_State *L)
{
    uint64_t device, number;
    char text[48];

    if (!ms_file_identity(luaL_checkstring(L, 1), &device, &number))
        return 0;
    snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, device, number);
    lua_pushstring(L, text);
    return 1;
}

/* make_private(path) -> true: an empty file with mode 0600; or nil, message, code where there is something, or it
 * cannot be made */
static int l_make_private(lua_State *L)
{
    ms_span path = ms_lua_check_span(L, 1);
    ms_error error;

    if (!ms_file_write_secret(path, (ms_span){ "", 0 }, false, &error))
        return ms_lua_fail(L, &error);
    lua_pushboolean(L, 1);
    return 1;
}

/* read_secret(path, most) -> octets, or nil, message, code: those of ms_file_read_secret */
static int l_read_secret(lua_State *L)
{
    ms_span path = ms_lua_check_span(L, 1);
    lua_Integer most = luaL_checkinteger(L, 2);
    ms_buf *octets = ms_lua_new_secret(L);
    ms_error error;

    luaL_argcheck(L, most >= 0, 2, "a file has no less than no octets");
    if (!ms_file_read_secret(path, (size_t)most, octets, &error))
        return ms_lua_fail(L, &error);
    lua_pushlstring(L, octets->n > 0 ? octets->p : "", octets->n);
    ms_buf_wipe(octets);
    return 1;
}

/* names(directory, most) -> what is in it, in no order, or nil, message, code */
static int l_names(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    size_t most = (size_t)luaL_checkinteger(L, 2);
    ms_buf *names = ms_lua_new_buf(L);
    ms_error error;
    int count = 0;

    if (!ms_directory_names(path, most, names, &error))
        return ms_lua_fail(L, &error);
    lua_newtable(L);
    for (size_t at = 0; at < names->n; at += strlen(names->p + at) + 1) {
        lua_pushstring(L, names->p + at);
        lua_rawseti(L, -2, ++count);
    }
    return 1;
}

/* columns(descriptor) -> the width of the terminal there, or nil */
static int l_columns(lua_State *L)
{
    unsigned columns = ms_terminal_columns((int)luaL_checkinteger(L, 1));

    if (columns == 0)
        lua_pushnil(L);
    else
        lua_pushinteger(L, (lua_Integer)columns);
    return 1;
}

static ms_file *check_file(lua_State *L)
{
    ms_file *file = luaL_checkudata(L, 1, FILE_TYPE);

    luaL_argcheck(L, file->descriptor >= 0, 1, "the file is closed");
    return file;
}

static int answer(lua_State *L, bool ok, const ms_error *error)
{
    if (!ok)
        return ms_lua_fail(L, error);
    lua_pushboolean(L, 1);
    return 1;
}

/* file:write(octets) -> true, or nil, message, code */
static int file_write(lua_State *L)
{
    ms_file *file = check_file(L);
    ms_span octets = ms_lua_check_span(L, 2);
    ms_error error;

    return answer(L, ms_file_write(file, octets, &error), &error);
}

/* file:finish() -> true, or nil, message, code; it is closed in either case */
static int file_finish(lua_State *L)
{
    ms_file *file = check_file(L);
    ms_error error;
    bool ok = ms_file_finish(file, &error);

    ms_file_abandon(file);
    return answer(L, ok, &error);
}

/* file:abandon(): what has not been finished is gone */
static int file_abandon(lua_State *L)
{
    ms_file_abandon(luaL_checkudata(L, 1, FILE_TYPE));
    return 0;
}

static const luaL_Reg methods[] = {
    { "write", file_write }, { "finish", file_finish }, { "abandon", file_abandon }, { "__gc", file_abandon },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "create", l_create },           { "kind", l_kind },
    { "identity", l_identity },       { "make_private", l_make_private },
    { "read_secret", l_read_secret }, { "names", l_names },
    { "columns", l_columns },         { NULL, NULL },
};

int ms_open_file(lua_State *L)
{
    ms_lua_type(L, FILE_TYPE, methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
