/* dkim.h: what the bindings of csrc/dkim share: signer.c, verifier.c, key_cache.c, canon.c, put together by dkim.c. */
#ifndef MS_LUA_DKIM_H
#define MS_LUA_DKIM_H

#include "lua/binding.h"

#include "dkim/key_cache.h"
#include "dkim/verify.h"

/* Each makes its types, and adds its functions to the table on top of the stack. */
void ms_lua_add_key_cache(lua_State *L);
void ms_lua_add_verifier(lua_State *L);
void ms_lua_add_signer(lua_State *L);
void ms_lua_add_canon(lua_State *L);

/* The key cache at that index, or NULL where there is nil; raises where it is something else. */
ms_key_cache *ms_lua_opt_key_cache(lua_State *L, int index);

/* A userdata of zeros with the metatable `type`. */
void *ms_lua_new_box(lua_State *L, size_t size, const char *type);

/* Seconds since 1970 at that index; raises where it is no such number. */
uint64_t ms_lua_check_time(lua_State *L, int index);

/* Fields of the option table at `index`; the Lua modules have checked their types. */
bool ms_lua_flag(lua_State *L, int index, const char *name);
uint64_t ms_lua_number(lua_State *L, int index, const char *name);

#endif
