/* binding.h: what the Lua bindings share: the two Luas' differences, and how errors are told.
 *
 * csrc/lua is the only place that includes lua.h, and holds no logic: a file a type, with argument
 * checks, a constructor and methods. Whatever the core allocates hangs on a userdata with a __gc
 * before anything that may raise is called, for a Lua error jumps over C frames and frees nothing.
 */
#ifndef MS_LUA_BINDING_H
#define MS_LUA_BINDING_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/span.h"
#include "crypto/crypto.h"

#if LUA_VERSION_NUM < 502
#define lua_rawlen                    lua_objlen
#define ms_lua_setfuncs(L, functions) luaL_register((L), NULL, (functions))
#else
#define ms_lua_setfuncs(L, functions) luaL_setfuncs((L), (functions), 0)
#endif

/* Pushes nil, text, code; returns 3. */
int ms_lua_fail(lua_State *L, const ms_error *error);

/* The string argument as a span; raises where it is none. */
ms_span ms_lua_check_span(lua_State *L, int index);
/* The same, or {NULL, 0} where it is nil or absent. */
ms_span ms_lua_opt_span(lua_State *L, int index);

/* The strings of a list as spans, which live as long as the list does. */
typedef struct ms_lua_strings {
    ms_span *p; /* few[], or on a userdata */
    size_t n;
    ms_span few[8];
} ms_lua_strings;

/* Reads the list at `index`; raises where it is none. Pushes one value. */
void ms_lua_check_strings(lua_State *L, int index, ms_lua_strings *strings);

/* Fields of the option table at `index`; the Lua modules have checked their types. */
bool ms_lua_flag(lua_State *L, int index, const char *name);
uint64_t ms_lua_number(lua_State *L, int index, const char *name);

/* Each sets a field of the table on top. */
void ms_lua_set_flag(lua_State *L, const char *field, bool flag);
void ms_lua_set_span(lua_State *L, const char *field, ms_span s);

/* A userdata of zeros with the metatable `type`. */
void *ms_lua_new_box(lua_State *L, size_t size, const char *type);

/* Pushes a userdata that holds an empty buf and frees it when collected. */
ms_buf *ms_lua_new_buf(lua_State *L);
/* The same for a secret: it is overwritten before it is freed, whatever is raised. */
ms_buf *ms_lua_new_secret(lua_State *L);

/* The Lua state's ms_crypto, made on first use and freed with the state; raises where it cannot be had. */
ms_crypto *ms_lua_crypto(lua_State *L);

/* Makes the type `type` and leaves nothing on the stack. Of `methods`, those whose names begin with "__" go into the
 * metatable, the others into the table that is its __index; getmetatable gives the type's name, so that nobody
 * calls __gc but the collector. An object may still be used behind its __gc, by another's while the state closes:
 * whoever takes it out of its userdata checks that it is there. */
void ms_lua_type(lua_State *L, const char *type, const luaL_Reg *methods);

/* The type of a loaded private key (csrc/lua/key.c), and its key; raises where the argument is none. */
#define MS_LUA_KEY "mailseal.key"
ms_private_key *ms_lua_check_private_key(lua_State *L, int index);
/* Pushes one without a key; what is put there is freed with it. mailseal.core.key must have been opened. */
ms_private_key **ms_lua_new_private_key(lua_State *L);

/* Each pushes its table of functions, a field of mailseal.core. */
int ms_open_key(lua_State *L);
int ms_open_record(lua_State *L);
int ms_open_mail(lua_State *L);
int ms_open_dkim(lua_State *L);
int ms_open_dns(lua_State *L);
int ms_open_async(lua_State *L);
int ms_open_file(lua_State *L);
int ms_open_reader(lua_State *L);
int ms_open_text(lua_State *L);
int ms_open_seal(lua_State *L);
int ms_open_signals(lua_State *L);
int ms_open_process(lua_State *L);

#endif
