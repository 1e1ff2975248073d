/* process.c: mailseal.core.process: programs that run beside this one (csrc/base/process.h), and whether a port is free
 * for them (csrc/base/listen.h). */
#include "lua/binding.h"

#include <string.h>
#include <sys/wait.h>

#include "base/listen.h"
#include "base/process.h"

#define PROCESS_TYPE "mailseal.process"

enum { MOST_ARGUMENTS = 64 };

/* start(program, argument...) -> process, or nil, message, code. It goes on when this is collected. */
static int l_start(lua_State *L)
{
    const char *argv[MOST_ARGUMENTS + 1] = { 0 };
    int count = lua_gettop(L);
    ms_process *process;
    ms_error error;

    luaL_argcheck(L, count >= 1 && count <= MOST_ARGUMENTS, 1, "1 to 64 words are wanted");
    for (int i = 0; i < count; i++)
        argv[i] = luaL_checkstring(L, i + 1);
    process = ms_lua_new_box(L, sizeof *process, PROCESS_TYPE);
    return ms_process_start(process, argv, &error) ? 1 : ms_lua_fail(L, &error);
}

/* process:pid() -> its number */
static int process_pid(lua_State *L)
{
    const ms_process *process = luaL_checkudata(L, 1, PROCESS_TYPE);

    lua_pushinteger(L, (lua_Integer)process->pid);
    return 1;
}

/* process:ended() -> nil while it runs; then its exit status, and the number of the signal that ended it, or nil */
static int process_ended(lua_State *L)
{
    ms_process *process = luaL_checkudata(L, 1, PROCESS_TYPE);

    if (!ms_process_ended(process))
        return 0;
    if (WIFSIGNALED(process->status)) {
        lua_pushinteger(L, 128 + WTERMSIG(process->status));
        lua_pushinteger(L, WTERMSIG(process->status));
        return 2;
    }
    lua_pushinteger(L, WEXITSTATUS(process->status));
    return 1;
}

/* process:signal("SIGQUIT") */
static int process_signal(lua_State *L)
{
    const ms_process *process = luaL_checkudata(L, 1, PROCESS_TYPE);

    luaL_argcheck(L, ms_process_signal(process, luaL_checkstring(L, 2)), 2, "no signal that is sent");
    return 0;
}

/* follow(parent): this process gets SIGQUIT when its parent, of that number, ends or has ended */
static int l_follow(lua_State *L)
{
    ms_process_follow((pid_t)luaL_checkinteger(L, 1));
    return 0;
}

/* may_listen(address, port) -> the port, a free one where 0 was given; or nil, message, code */
static int l_may_listen(lua_State *L)
{
    const char *address = luaL_checkstring(L, 1);
    lua_Integer given = luaL_checkinteger(L, 2);
    unsigned port = (unsigned)given;
    ms_error error;

    luaL_argcheck(L, given >= 0 && given <= 65535, 2, "a port is wanted");
    if (!ms_listen_try(address, &port, &error))
        return ms_lua_fail(L, &error);
    lua_pushinteger(L, (lua_Integer)port);
    return 1;
}

static const luaL_Reg methods[] = {
    { "pid", process_pid },
    { "ended", process_ended },
    { "signal", process_signal },
    { NULL, NULL },
};

static const luaL_Reg functions[] = {
    { "start", l_start },
    { "follow", l_follow },
    { "may_listen", l_may_listen },
    { NULL, NULL },
};

int ms_open_process(lua_State *L)
{
    ms_lua_type(L, PROCESS_TYPE, methods);
    lua_newtable(L);
    ms_lua_setfuncs(L, functions);
    return 1;
}
