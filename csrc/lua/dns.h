/* dns.h: what the DNS bindings share. */
#ifndef MS_LUA_DNS_H
#define MS_LUA_DNS_H

#include "dns/wire.h"
#include "lua/binding.h"

/* A type's code, given as its name or as its number. Code: bad_type. Raises where the argument is neither. */
bool ms_lua_dns_type(lua_State *L, int index, unsigned *code, ms_error *error);

void ms_lua_push_dns_name(lua_State *L, const ms_dns_name *name);
void ms_lua_push_dns_type(lua_State *L, unsigned type);
/* Pushes the table that a record is, whose name and type are at those indices. */
void ms_lua_push_dns_record(lua_State *L, const ms_dns_message *message, const ms_dns_record *record, int name,
                            int type);
/* Pushes the extended errors of a message: { {code=, text=}… }. */
void ms_lua_push_dns_errors(lua_State *L, const ms_dns_message *message);
/* Pushes the table that a message is, read as the reply to the question for that name and type. */
void ms_lua_push_dns_answer(lua_State *L, const ms_dns_message *message, const ms_dns_name *name, unsigned type);

/* Each adds its functions to the table on top. */
void ms_open_dns_zone(lua_State *L);
void ms_open_dns_channel(lua_State *L);
void ms_open_dns_update(lua_State *L);

#endif
