/* sweep.c: what happens when memory runs out, at every single allocation.
 *
 *   sweep SCENARIO.lua…                  every failure, each in a child process
 *   sweep SCENARIO.lua WAY N             the N-th one, in this process, for a debugger
 *
 * A scenario is a Lua file that returns a function; loading it is not part of the sweep, calling it is.
 * It is called with `try`, which passes its arguments on, unless they are nil, a message and a code:
 * then "no_memory" ends the call, as it should, and any other code is a fault.
 *
 * Three ways to run out. "core": one allocation of the core or of c-ares fails, and the next succeeds again.
 * "onward": from one allocation of the core, c-ares or Lua on, all fail until the call has returned, OpenSSL's
 * too. "openssl": one allocation of OpenSSL's fails; of those there are too many to try each, so it is each at
 * first and then ever fewer.
 *
 * Whatever fails, the call must end with its right result, with "no_memory", or with Lua's memory error (where it
 * was OpenSSL's, with any failure: it does not always say why); then, with memory to spare, the same Lua state must
 * do the whole thing properly; and when it is closed, nothing must be left. (Of OpenSSL and c-ares, who keep
 * things on purpose: no more than is left without a failure.)
 *
 * A scenario that asks DNS finds a name server on loopback, at the port in the global `server_port`.
 *
 * The core's allocations come here through the linker's --wrap, the others' through the hooks they offer.
 */
#include "crypto/crypto.h"

#include <ares.h>
#include <openssl/crypto.h>

#include <lauxlib.h>
#include <lualib.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int luaopen_mailseal_core(lua_State *L);

/* ---- allocators that fail on demand */

typedef enum way { CORE, ONWARD, OPENSSL_ONCE, WAYS } way;
static const char *const way_name[] = { "core", "onward", "openssl" };

typedef enum owner { THE_CORE, OPENSSL, C_ARES, LUA, OWNERS } owner;
static const char *const owner_name[] = { "the core", "OpenSSL", "c-ares", "Lua" };

static struct {
    bool armed;
    way way;
    unsigned long countdown; /* the allocation that makes this 0 fails */
    bool struck;
    long live[OWNERS];
} memory;

static bool counts(owner who)
{
    switch (memory.way) {
    case CORE:
        return who == THE_CORE || who == C_ARES;
    case ONWARD:
        return who != OPENSSL;
    default:
        return who == OPENSSL;
    }
}

static bool fails(owner who)
{
    if (!memory.armed)
        return false;
    if (memory.struck)
        return memory.way == ONWARD;
    if (counts(who))
        memory.struck = --memory.countdown == 0;
    return memory.struck;
}

void *__real_malloc(size_t n);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
void __wrap_free(void *p);

static void *take(owner who, size_t n)
{
    void *p = fails(who) ? NULL : __real_malloc(n > 0 ? n : 1);

    memory.live[who] += p != NULL;
    return p;
}

static void *take_again(owner who, void *p, size_t n)
{
    if (p == NULL)
        return take(who, n);
    return fails(who) ? NULL : __real_realloc(p, n > 0 ? n : 1);
}

static void give(owner who, void *p)
{
    memory.live[who] -= p != NULL;
    __real_free(p);
}

void *__wrap_malloc(size_t n)
{
    return take(THE_CORE, n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    void *p = n > 0 && count > (size_t)-1 / n ? NULL : take(THE_CORE, count * n);

    return p == NULL ? NULL : memset(p, 0, count * n);
}

void *__wrap_realloc(void *p, size_t n)
{
    return take_again(THE_CORE, p, n);
}

char *__wrap_strndup(const char *s, size_t n)
{
    size_t length = strnlen(s, n);
    char *copy = take(THE_CORE, length + 1);

    if (copy == NULL)
        return NULL;
    copy[length] = '\0';
    return memcpy(copy, s, length);
}

char *__wrap_strdup(const char *s)
{
    return __wrap_strndup(s, strlen(s));
}

void __wrap_free(void *p)
{
    give(THE_CORE, p);
}

static void *openssl_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return take(OPENSSL, n);
}

static void *openssl_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return take_again(OPENSSL, p, n);
}

static void openssl_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    give(OPENSSL, p);
}

static void *cares_malloc(size_t n)
{
    return take(C_ARES, n);
}

static void *cares_realloc(void *p, size_t n)
{
    return take_again(C_ARES, p, n);
}

static void cares_free(void *p)
{
    give(C_ARES, p);
}

static void *lua_allocate(void *context, void *p, size_t old, size_t n)
{
    (void)context;
    if (n == 0) {
        give(LUA, p);
        return NULL;
    }
    /* Lua relies on shrinking a block never to fail. */
    if (p != NULL && n <= old)
        return __real_realloc(p, n);
    return take_again(LUA, p, n);
}

/* ---- a name server for the scenarios: every name has one TXT record, "here" */

/* Makes the reply to a query of `n` octets in its place; returns its size, or 0. */
static size_t reply_to(unsigned char *query, size_t n, size_t room)
{
    static const unsigned char record[] = "\xc0\x0c\x00\x10\x00\x01\x00\x00\x01\x2c\x00\x05\x04here";
    size_t at = 12;

    while (at < n && query[at] != 0)
        at += query[at] + 1u;
    at += 5;
    if (at > n || at + sizeof record > room)
        return 0;
    query[2] |= 0x80;
    memset(query + 6, 0, 6);
    query[7] = 1;
    memcpy(query + at, record, sizeof record - 1);
    return at + sizeof record - 1;
}

/* Answers for ever, in a process that ends with this one; returns the port on loopback, or 0. */
static int start_server(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    pid_t child;

    if (s < 0 || bind(s, (struct sockaddr *)&address, size) != 0 ||
        getsockname(s, (struct sockaddr *)&address, &size) != 0)
        return 0;
    child = fork();
    if (child != 0) {
        close(s);
        return child > 0 ? ntohs(address.sin_port) : 0;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        unsigned char packet[1500];
        struct sockaddr_storage from;
        socklen_t from_size = sizeof from;
        ssize_t n = recvfrom(s, packet, sizeof packet, 0, (struct sockaddr *)&from, &from_size);
        size_t reply = n > 0 ? reply_to(packet, (size_t)n, sizeof packet) : 0;

        if (reply > 0)
            sendto(s, packet, reply, 0, (struct sockaddr *)&from, from_size);
    }
}

/* ---- a scenario */

/* Where the name server answers: a global of the scenario's. */
static int server_port;

/* The scenario's error where something reported that memory is out, as it should. */
static char out_of_memory;

static int try(lua_State *L)
{
    const char *code = lua_tostring(L, 3);

    if (!lua_isnil(L, 1))
        return lua_gettop(L);
    if ((code != NULL && strcmp(code, "no_memory") == 0) || (memory.struck && memory.way == OPENSSL_ONCE)) {
        lua_pushlightuserdata(L, &out_of_memory);
        return lua_error(L);
    }
    return luaL_error(L, "it failed with \"%s\": %s", code != NULL ? code : "no code",
                      lua_isstring(L, 2) ? lua_tostring(L, 2) : "no message");
}

/* Loads the scenario and leaves its function on the stack, and `try` above it. */
static bool load(lua_State *L, const char *path)
{
    luaL_openlibs(L);
    lua_pushinteger(L, server_port);
    lua_setglobal(L, "server_port");
    luaL_requiref(L, "mailseal.core", luaopen_mailseal_core, 0);
    lua_settop(L, 0);
    if (luaL_dostring(L, "package.path = './lua/?.lua;./lua/?/init.lua;./?.lua;' .. package.path") != LUA_OK)
        return false;
    if (luaL_dofile(L, path) != LUA_OK || !lua_isfunction(L, 1))
        return false;
    /* Lua 5.4.4 makes the type of its large buffers on first use, and leaves half a one where memory runs out. */
    if (luaL_dostring(L, "return ('x'):rep(100000)") != LUA_OK)
        return false;
    lua_settop(L, 1);
    lua_pushcfunction(L, try);
    return true;
}

/* Is the error on top of the stack one that running out of memory may end in? */
static bool is_expected(lua_State *L, int status)
{
    const char *message = lua_tostring(L, -1);

    if (status == LUA_ERRMEM || lua_touserdata(L, -1) == &out_of_memory)
        return true;
    if (memory.way == OPENSSL_ONCE)
        return message != NULL && strstr(message, "assertion failed") == NULL;
    return message != NULL && strstr(message, "memory") != NULL;
}

/* Calls the scenario once; false where it ended as it must not, which is said in `words`. */
static bool call(lua_State *L, char *words, size_t room)
{
    int status;

    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    status = lua_pcall(L, 1, 0, 0);
    memory.armed = false;
    if (status == LUA_OK)
        return true;
    if (memory.struck && is_expected(L, status)) {
        lua_settop(L, 2);
        return true;
    }
    snprintf(words, room, "%s", lua_isstring(L, -1) ? lua_tostring(L, -1) : "it reported no memory");
    return false;
}

/* ---- one failure */

typedef struct report {
    bool struck; /* the failure came before the call had ended */
    bool good;
    long left[OWNERS];
    char words[400];
} report;

/* Fails the allocation `n` (none where it is 0) while the scenario in `L` is called; closes `L`. */
static void strike(lua_State *L, way how, unsigned long n, report *r)
{
    memory.way = how;
    memory.countdown = n;
    memory.struck = false;
    memory.armed = n > 0;
    r->good = call(L, r->words, sizeof r->words);
    r->struck = memory.struck;
    memory.struck = false;
    if (r->good && !call(L, r->words + 7, sizeof r->words - 7)) {
        r->good = false;
        memcpy(r->words, "later: ", 7);
    }
    lua_close(L);
    OPENSSL_cleanup();
    memcpy(r->left, memory.live, sizeof r->left);
}

/* The same in a child process, whose death is a report too. */
static void strike_apart(lua_State *L, way how, unsigned long n, report *r)
{
    int status;
    pid_t child;

    memset(r, 0, sizeof *r);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(60);
        strike(L, how, n, r);
        exit(0); /* and not _exit, which would lose what coverage has counted */
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("sweep");
        exit(1);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    r->good = false;
    r->struck = true;
    if (WIFSIGNALED(status))
        snprintf(r->words, sizeof r->words, "died of signal %d, %s", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        snprintf(r->words, sizeof r->words, "ended with status %d", WEXITSTATUS(status));
}

/* OpenSSL 3.0 loses an entry of its table of names where its own allocation for the next one fails. */
enum { OPENSSL_LOSES = 4 };

/* What a strike left over, against what is left without one. */
static void compare(report *r, const report *without, way how)
{
    for (owner who = 0; r->good && who < OWNERS; who++) {
        long more = who == OPENSSL && how == OPENSSL_ONCE ? OPENSSL_LOSES : 0;

        if (r->left[who] <= without->left[who] + more)
            continue;
        r->good = false;
        snprintf(r->words, sizeof r->words, "leaves %ld allocations of %s", r->left[who] - without->left[who],
                 owner_name[who]);
    }
}

/* ---- the sweep */

/* Strikes at one allocation after the other, until a call ends before its turn has come. */
static unsigned long sweep_one_way(lua_State *L, const char *path, way how, const report *without, report *r)
{
    unsigned long strikes = 0, faults = 0;

    for (unsigned long n = 1;; n += how == OPENSSL_ONCE ? 1 + n / 32 : 1) {
        strike_apart(L, how, n, r);
        compare(r, without, how);
        if (!r->good && ++faults <= 10)
            printf("    %s %s %lu: %s\n", path, way_name[how], n, r->words);
        if (!r->struck)
            break;
        strikes++;
    }
    if (faults > 0)
        printf("not ok %s: %lu of %lu failures (%s) are not survived\n", path, faults, strikes, way_name[how]);
    else if (strikes > 0)
        printf("ok %s: survives %lu failures (%s)\n", path, strikes, way_name[how]);
    return faults;
}

static bool sweep(const char *path, report *r)
{
    lua_State *L = lua_newstate(lua_allocate, NULL);
    unsigned long faults = 0;
    report without;

    if (L == NULL || !load(L, path)) {
        printf("not ok %s: cannot be loaded: %s\n", path, L != NULL ? lua_tostring(L, -1) : "no memory");
        return false;
    }
    strike_apart(L, CORE, 0, r);
    without = *r;
    if (!without.good || without.left[THE_CORE] > 0 || without.left[LUA] > 0) {
        printf("not ok %s: with all memory: %s; %ld allocations of the core are left\n", path, without.words,
               without.left[THE_CORE]);
        faults++;
    } else {
        for (way how = 0; how < WAYS; how++)
            faults += sweep_one_way(L, path, how, &without, r);
    }
    lua_close(L);
    return faults == 0;
}

static int strike_here(const char *path, way how, unsigned long n)
{
    static report r;
    lua_State *L = lua_newstate(lua_allocate, NULL);

    if (L == NULL || !load(L, path))
        return 1;
    strike(L, how, n, &r);
    printf("%s %s\n", r.good ? "good" : "bad", r.words);
    for (owner who = 0; who < OWNERS; who++)
        printf("%ld allocations of %s are left\n", r.left[who], owner_name[who]);
    return !r.good;
}

int main(int argc, char **argv)
{
    report *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool good = true;
    ms_error error;

    if (shared == MAP_FAILED || !CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) ||
        ares_library_init_mem(ARES_LIB_INIT_ALL, cares_malloc, cares_free, cares_realloc) != ARES_SUCCESS) {
        fprintf(stderr, "sweep: cannot take the place of the allocators\n");
        return 1;
    }
    server_port = start_server();
    /* OpenSSL sets itself up once a process, and what then fails is never tried again: not ours to sweep. */
    ms_crypto_free(ms_crypto_new(&error));
    for (way how = 0; how < WAYS; how++)
        if (argc == 4 && strcmp(argv[2], way_name[how]) == 0)
            return strike_here(argv[1], how, strtoul(argv[3], NULL, 10));
    for (int i = 1; i < argc; i++)
        good = sweep(argv[i], shared) && good;
    return !good;
}
