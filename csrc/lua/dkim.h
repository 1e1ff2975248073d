/* dkim.h: what the bindings of csrc/dkim share: signer.c, verifier.c, key_cache.c, explain.c, put together by dkim.c.
 */
#ifndef MS_LUA_DKIM_H
#define MS_LUA_DKIM_H

#include "lua/binding.h"

#include "dkim/key_cache.h"
#include "dkim/verify.h"

/* Each makes its types, and adds its functions to the table on top of the stack. */
void ms_lua_add_key_cache(lua_State *L);
void ms_lua_add_verifier(lua_State *L);
void ms_lua_add_signer(lua_State *L);
void ms_lua_add_explain(lua_State *L);

/* The key cache at that index, or NULL where there is nil; raises where it is something else. */
ms_key_cache *ms_lua_opt_key_cache(lua_State *L, int index);

/* Seconds since 1970 at that index; raises where it is no such number. */
uint64_t ms_lua_check_time(lua_State *L, int index);

#endif
