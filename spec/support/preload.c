/* preload.c: what a sanitized test run preloads behind the sanitizers' own libraries.
 *
 * Programs that a test starts must not inherit the sanitizers: knotd, openssl and a shell have
 * leaks of their own that are nothing of ours. And the C core must stay loaded until the leak
 * report is written, for Lua unloads it when it closes, and a report would name no function of it.
 */
#include <stdlib.h>

int dlclose(void *handle);

__attribute__((constructor)) static void forget_preload(void)
{
    unsetenv("LD_PRELOAD");
}

int dlclose(void *handle)
{
    (void)handle;
    return 0;
}
