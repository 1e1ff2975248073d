/* mta_sts_policy.c: any octets as an MTA-STS policy. One in which no error is found holds each key that RFC 8461 §3.2
 * asks for; its hosts allow themselves, and its patterns one label more, but not two. */
#include "record/mta_sts_policy.h"

#include "fuzz/record.h"

static bool allows(ms_span pattern, const char *before, ms_span name)
{
    ms_buf host = { 0 };
    bool matches;

    ms_buf_add_str(&host, before);
    ms_buf_add_span(&host, name);
    matches = ms_mta_sts_mx_matches(pattern, ms_buf_span(&host));
    ms_buf_free(&host);
    return matches;
}

static void require_mx(ms_span pattern)
{
    ms_span name = pattern;
    bool any = pattern.p[0] == '*';

    if (any)
        name = ms_span_behind(pattern, 2);
    require(name.n > 0 && memchr(name.p, '*', name.n) == NULL && memchr(name.p, ' ', name.n) == NULL);
    require(allows(pattern, "", name) == !any && allows(pattern, "a.", name) == any);
    require(!allows(pattern, ".", name) && !allows(pattern, "a.b.", name));
}

static void require_policy(const ms_mta_sts_policy *policy)
{
    size_t version = 0, mode = 0, max_age = 0, mx = 0;
    ms_mta_sts_line line;

    for (ms_span rest = policy->text; ms_mta_sts_policy_next(&rest, &line);) {
        require(fuzz_is_name(line.key) && line.value.n > 0);
        version += ms_span_eq(line.key, MS_LIT("version"));
        mode += ms_span_eq(line.key, MS_LIT("mode"));
        max_age += ms_span_eq(line.key, MS_LIT("max_age"));
        if (ms_span_eq(line.key, MS_LIT("mx"))) {
            require_mx(line.value);
            mx++;
        }
    }
    require(version > 0 && mode > 0 && max_age > 0 && (mx > 0 || policy->mode == MS_MTA_STS_NONE));
    require(policy->max_age <= 31557600);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_findings findings = { 0 };
    ms_mta_sts_policy policy;

    require(ms_mta_sts_policy_lint(ms_span_of(octets, n), &policy, &findings));
    if (!fuzz_has_error(&findings))
        require_policy(&policy);
    return 0;
}
