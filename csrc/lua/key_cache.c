/* key_cache.c: the type "mailseal.key_cache". */
#include "lua/dkim.h"

#define KEY_CACHE "mailseal.key_cache"

typedef struct cache_box {
    ms_key_cache *cache;
} cache_box;

static ms_key_cache *check_cache(lua_State *L, int index)
{
    cache_box *box = luaL_checkudata(L, index, KEY_CACHE);

    luaL_argcheck(L, box->cache != NULL, index, "the cache is no more");
    return box->cache;
}

ms_key_cache *ms_lua_opt_key_cache(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return NULL;
    return check_cache(L, index);
}

static int cache_gc(lua_State *L)
{
    cache_box *box = luaL_checkudata(L, 1, KEY_CACHE);

    ms_key_cache_free(box->cache);
    box->cache = NULL;
    return 0;
}

static int cache_clear(lua_State *L)
{
    ms_key_cache_clear(check_cache(L, 1));
    return 0;
}

static int cache_count(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)ms_key_cache_count(check_cache(L, 1)));
    return 1;
}

static int cache_advance(lua_State *L)
{
    ms_key_cache *cache = check_cache(L, 1);
    lua_Number seconds = luaL_checknumber(L, 2);

    luaL_argcheck(L, seconds >= 0 && seconds < 4294967296.0, 2, "not a number of seconds");
    ms_key_cache_advance(cache, (uint64_t)seconds);
    return 0;
}

static int new_key_cache(lua_State *L)
{
    lua_Integer size = luaL_checkinteger(L, 1);
    cache_box *box;

    luaL_argcheck(L, size >= 1 && size <= 10000000, 1, "not a number of keys");
    ms_lua_crypto(L); /* so that it is freed after the keys */
    box = ms_lua_new_box(L, sizeof *box, KEY_CACHE);
    box->cache = ms_key_cache_new((size_t)size);
    if (box->cache == NULL)
        return luaL_error(L, "out of memory");
    return 1;
}

void ms_lua_add_key_cache(lua_State *L)
{
    static const luaL_Reg methods[] = {
        { "clear", cache_clear }, { "count", cache_count }, { "advance", cache_advance },
        { "__len", cache_count }, { "__gc", cache_gc },     { NULL, NULL },
    };
    static const luaL_Reg functions[] = {
        { "key_cache", new_key_cache },
        { NULL, NULL },
    };

    ms_lua_type(L, KEY_CACHE, methods);
    ms_lua_setfuncs(L, functions);
}
