/* text.c: mailseal.core.text: text from outside made fit for a terminal and for JSON (csrc/base/printable.h). */
#include "lua/binding.h"

#include "base/printable.h"

static int push(lua_State *L, ms_buf *out)
{
    if (out->failed)
        return luaL_error(L, "out of memory");
    lua_pushlstring(L, out->n > 0 ? out->p : "", out->n);
    return 1;
}

/* Pushes what `add` makes of the text, which is the text itself where that is plain. */
static int make(lua_State *L, void (*add)(ms_buf *out, ms_span text))
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_buf *out;

    lua_settop(L, 1);
    if (ms_is_plain(text))
        return 1;
    out = ms_lua_new_buf(L);
    add(out, text);
    return push(L, out);
}

/* line(text): as of ms_printable_add */
static int text_line(lua_State *L)
{
    return make(L, ms_printable_add);
}

/* utf8(text): as of ms_utf8_mend */
static int text_utf8(lua_State *L)
{
    return make(L, ms_utf8_mend);
}

/* json(text): as of ms_json_add */
static int text_json(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_buf *out = ms_lua_new_buf(L);

    ms_json_add(out, text);
    return push(L, out);
}

static const luaL_Reg functions[] = {
    { "line", text_line },
    { "utf8", text_utf8 },
    { "json", text_json },
    { NULL, NULL },
};

int ms_open_text(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
