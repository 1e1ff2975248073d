/* binding.c: what the Lua bindings share. See binding.h. */
#include "lua/binding.h"

#define CRYPTO_TYPE "mailseal.crypto"
#define BUF_TYPE    "mailseal.buf"
#define SECRET_TYPE "mailseal.secret"

int ms_lua_fail(lua_State *L, const ms_error *error)
{
    lua_pushnil(L);
    lua_pushstring(L, error->text);
    lua_pushstring(L, error->code);
    return 3;
}

ms_span ms_lua_check_span(lua_State *L, int index)
{
    ms_span s;

    s.p = luaL_checklstring(L, index, &s.n);
    return s;
}

ms_span ms_lua_opt_span(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return (ms_span){ NULL, 0 };
    return ms_lua_check_span(L, index);
}

void ms_lua_check_strings(lua_State *L, int index, ms_lua_strings *strings)
{
    luaL_checktype(L, index, LUA_TTABLE);
    strings->n = lua_rawlen(L, index);
    strings->p = strings->few;
    if (strings->n > sizeof strings->few / sizeof *strings->few)
        strings->p = lua_newuserdata(L, strings->n * sizeof *strings->p);
    else
        lua_pushnil(L);
    for (size_t i = 0; i < strings->n; i++) {
        /* The table keeps a string alive, but not what a number would be turned into. */
        lua_rawgeti(L, index, (int)i + 1);
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, index, "a list of strings expected");
        strings->p[i].p = lua_tolstring(L, -1, &strings->p[i].n);
        lua_pop(L, 1);
    }
}

bool ms_lua_flag(lua_State *L, int index, const char *name)
{
    bool flag;

    lua_getfield(L, index, name);
    flag = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

uint64_t ms_lua_number(lua_State *L, int index, const char *name)
{
    lua_Number number;

    lua_getfield(L, index, name);
    number = lua_tonumber(L, -1);
    lua_pop(L, 1);
    return (uint64_t)number;
}

void ms_lua_set_flag(lua_State *L, const char *field, bool flag)
{
    lua_pushboolean(L, flag);
    lua_setfield(L, -2, field);
}

void ms_lua_set_span(lua_State *L, const char *field, ms_span s)
{
    lua_pushlstring(L, s.n > 0 ? s.p : "", s.n);
    lua_setfield(L, -2, field);
}

void *ms_lua_new_box(lua_State *L, size_t size, const char *type)
{
    void *box = lua_newuserdata(L, size);

    memset(box, 0, size);
    luaL_getmetatable(L, type);
    lua_setmetatable(L, -2);
    return box;
}

static int buf_gc(lua_State *L)
{
    ms_buf_free(lua_touserdata(L, 1));
    return 0;
}

static int secret_gc(lua_State *L)
{
    ms_buf_wipe(lua_touserdata(L, 1));
    return 0;
}

static ms_buf *new_buf(lua_State *L, const char *type, lua_CFunction gc)
{
    ms_buf *buf = lua_newuserdata(L, sizeof *buf);

    *buf = (ms_buf){ 0 };
    if (luaL_newmetatable(L, type)) {
        lua_pushcfunction(L, gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return buf;
}

ms_buf *ms_lua_new_buf(lua_State *L)
{
    return new_buf(L, BUF_TYPE, buf_gc);
}

ms_buf *ms_lua_new_secret(lua_State *L)
{
    return new_buf(L, SECRET_TYPE, secret_gc);
}

static int crypto_gc(lua_State *L)
{
    ms_crypto **box = lua_touserdata(L, 1);

    ms_crypto_free(*box);
    *box = NULL;
    return 0;
}

ms_crypto *ms_lua_crypto(lua_State *L)
{
    ms_crypto **box;
    ms_error error;

    lua_getfield(L, LUA_REGISTRYINDEX, CRYPTO_TYPE ".instance");
    box = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (box != NULL && *box == NULL)
        luaL_error(L, "the Lua state is closing");
    if (box != NULL)
        return *box;

    box = lua_newuserdata(L, sizeof *box);
    *box = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, crypto_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    *box = ms_crypto_new(&error);
    if (*box == NULL)
        luaL_error(L, "%s", error.text);
    lua_setfield(L, LUA_REGISTRYINDEX, CRYPTO_TYPE ".instance");
    return *box;
}

void ms_lua_type(lua_State *L, const char *type, const luaL_Reg *methods)
{
    luaL_newmetatable(L, type);
    lua_newtable(L);
    for (; methods->name != NULL; methods++) {
        bool meta = methods->name[0] == '_' && methods->name[1] == '_';

        lua_pushcfunction(L, methods->func);
        lua_setfield(L, meta ? -3 : -2, methods->name);
    }
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, type);
    lua_setfield(L, -2, "__name");
    lua_pushstring(L, type);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}
