/* text.c: mailseal.core.text: text from outside made fit for a terminal and for JSON (csrc/base/printable.h); base64
 * (csrc/base/base64.h).
 */
#include "lua/binding.h"

#include "base/base64.h"
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

/* base64(octets): RFC 4648 §4, in one line */
static int text_base64(lua_State *L)
{
    ms_span octets = ms_lua_check_span(L, 1);
    ms_buf *out = ms_lua_new_buf(L);
    char *room = ms_buf_reserve(out, (octets.n + 2) / 3 * 4 + 1);

    if (room != NULL)
        out->n += ms_base64_encode((const uint8_t *)octets.p, octets.n, room);
    return push(L, out);
}

/* unbase64(text) -> octets, or nil where that is no base64 */
static int text_unbase64(lua_State *L)
{
    ms_span text = ms_lua_check_span(L, 1);
    ms_buf *out = ms_lua_new_secret(L);
    char *room = ms_buf_reserve(out, ms_base64_room(text.n));
    size_t size = 0;

    if (room != NULL && !ms_base64_decode(text, (uint8_t *)room, ms_base64_room(text.n), &size))
        return 0;
    out->n += size;
    return push(L, out);
}

static const luaL_Reg functions[] = {
    { "line", text_line },     { "utf8", text_utf8 },         { "json", text_json },
    { "base64", text_base64 }, { "unbase64", text_unbase64 }, { NULL, NULL },
};

int ms_open_text(lua_State *L)
{
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
