/* key_cache.c: the type "mailseal.key_cache". */
#include "lua/dkim.h"

#define KEY_CACHE "mailseal.key_cache"

typedef struct cache_box {
    ms_key_cache *cache;
} cache_box;

ms_key_cache *ms_lua_opt_key_cache(lua_State *L, int index)
{
    if (lua_isnoneornil(L, index))
        return NULL;
    return ((cache_box *)luaL_checkudata(L, index, KEY_CACHE))->cache;
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
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 1);

    if (cache != NULL)
        ms_key_cache_clear(cache);
    return 0;
}

static int cache_count(lua_State *L)
{
    ms_key_cache *cache = ms_lua_opt_key_cache(L, 1);

    lua_pushinteger(L, cache ? (lua_Integer)ms_key_cache_count(cache) : 0);
    return 1;
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
        { "clear", cache_clear }, { "count", cache_count }, { "__len", cache_count },
        { "__gc", cache_gc },     { NULL, NULL },
    };
    static const luaL_Reg functions[] = {
        { "key_cache", new_key_cache },
        { NULL, NULL },
    };

    ms_lua_type(L, KEY_CACHE, methods);
    ms_lua_setfuncs(L, functions);
}
