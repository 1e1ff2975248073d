/* record.h: what the bindings of the kinds of record share. Each kind has a file record_<kind>.c with a list of
 * functions. */
#ifndef MS_LUA_RECORD_H
#define MS_LUA_RECORD_H

#include "lua/binding.h"

#include "record/finding.h"
#include "record/tags_lint.h"

/* Pushes a userdata of empty findings, freed when collected. */
ms_findings *ms_lua_new_record_findings(lua_State *L);

/* Pushes { {code=, severity=, message=, fix=, found=}, … }; found is absent where there is no piece to show. */
void ms_lua_push_record_findings(lua_State *L, const ms_findings *findings);

/* Sets `others` of the table on top: { {name=, value=}, … }, the tags that the rules do not name. */
void ms_lua_set_other_tags(lua_State *L, const ms_tag_rules *rules, const ms_tag_list *list);

/* Sets a field of the table on top: the words of a list with commas between; no word where the list is empty. */
void ms_lua_set_words(lua_State *L, const char *field, ms_span list);

/* Each is what its kind adds to mailseal.core.record. */
extern const luaL_Reg ms_lua_record_bimi[];
extern const luaL_Reg ms_lua_record_dkim[];
extern const luaL_Reg ms_lua_record_dmarc[];
extern const luaL_Reg ms_lua_record_mta_sts[];
extern const luaL_Reg ms_lua_record_spf[];
extern const luaL_Reg ms_lua_record_tls_rpt[];

/* The type of the record that it reads. */
void ms_lua_record_spf_type(lua_State *L);

#endif
