/* record.h: what the bindings of the kinds of record share. Each kind has a file record_<kind>.c with a list of
 * functions. */
#ifndef MS_LUA_RECORD_H
#define MS_LUA_RECORD_H

#include "lua/binding.h"

#include "record/finding.h"

/* Pushes a userdata of empty findings, freed when collected. */
ms_findings *ms_lua_new_record_findings(lua_State *L);

/* Pushes { {code=, severity=, message=, fix=, found=}, … }; found is absent where there is no piece to show. */
void ms_lua_push_record_findings(lua_State *L, const ms_findings *findings);

/* Each is what its kind adds to mailseal.core.record. */
extern const luaL_Reg ms_lua_record_dkim[];
extern const luaL_Reg ms_lua_record_dmarc[];
extern const luaL_Reg ms_lua_record_spf[];

/* The type of the record that it reads. */
void ms_lua_record_spf_type(lua_State *L);

#endif
