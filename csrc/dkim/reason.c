/* reason.c: every way a signature can turn out. See reason.h. */
#include "dkim/reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
    ms_result result;
    const char *code;
    const char *text;
} reasons[] = {
#define MS_REASON_ROW(name, result, code, text) { MS_RESULT_##result, code, text },
    MS_REASONS(MS_REASON_ROW)
#undef MS_REASON_ROW
};

static const char *const words[] = { "pass", "fail", "policy", "neutral", "temperror", "permerror" };

ms_result ms_reason_result(ms_reason reason)
{
    return reasons[reason].result;
}

const char *ms_result_word(ms_result result)
{
    return words[result];
}

const char *ms_reason_code(ms_reason reason)
{
    return reasons[reason].code;
}

const char *ms_reason_text(ms_reason reason)
{
    return reasons[reason].text;
}

ms_reason ms_reason_of_code(const char *code, ms_reason otherwise)
{
    for (int i = 1; i < MS_REASON_COUNT; i++)
        if (strcmp(reasons[i].code, code) == 0)
            return (ms_reason)i;
    return otherwise;
}
