/* core.c: luaopen_mailseal_core. One table a binding file; the Lua modules on top are the public face. */
#include "lua/binding.h"

#if defined(__GNUC__)
#define MS_EXPORT __attribute__((visibility("default")))
#else
#define MS_EXPORT
#endif

static const luaL_Reg parts[] = {
    { "key", ms_open_key },   { "record", ms_open_record },   { "mail", ms_open_mail },
    { "dkim", ms_open_dkim }, { "dns", ms_open_dns },         { "async", ms_open_async },
    { "file", ms_open_file }, { "reader", ms_open_reader },   { "text", ms_open_text },
    { "seal", ms_open_seal }, { "signals", ms_open_signals }, { "process", ms_open_process },
    { NULL, NULL },
};

MS_EXPORT int luaopen_mailseal_core(lua_State *L);

int luaopen_mailseal_core(lua_State *L)
{
    lua_newtable(L);
    for (const luaL_Reg *part = parts; part->name != NULL; part++) {
        lua_pushcfunction(L, part->func);
        lua_call(L, 0, 1);
        lua_setfield(L, -2, part->name);
    }
    return 1;
}
