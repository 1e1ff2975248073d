/* error.c: why something could not be done. See error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool ms_fail(ms_error *e, const char *code, const char *format, ...)
{
    va_list args;

    e->code = code;
    va_start(args, format);
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    return false;
}

bool ms_fail_memory(ms_error *e)
{
    return ms_fail(e, "no_memory", "out of memory");
}
