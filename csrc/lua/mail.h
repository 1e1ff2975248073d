/* mail.h: what the binding of csrc/mail has for others. */
#ifndef MS_LUA_MAIL_H
#define MS_LUA_MAIL_H

#include "lua/binding.h"

#include "mail/lint.h"

/* Pushes the list of what the lint found, as lua/mailseal/message.lua documents it. */
void ms_lua_push_findings(lua_State *L, const ms_lint *lint);

#endif
