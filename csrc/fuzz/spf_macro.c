/* spf_macro.c: any octets as a macro-string of SPF and what its macros stand for, a line each: the text, the local
 * part, the sender's domain, the domain, the address, the HELO name. */
#include "record/spf_expand.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool is_code(const ms_error *error, const char *code)
{
    return strcmp(error->code, code) == 0;
}

/* At most 253 octets, of which those written \DDD count as one, in labels of 1 to 63. */
static void check_name(ms_span name)
{
    size_t octets = 0, label = 0;

    for (size_t i = 0; i < name.n; i++) {
        require(name.p[i] > 0x20 && name.p[i] < 0x7f);
        require(name.p[i] != '.' || label > 0);
        if (name.p[i] == '\\') {
            require(name.n - i > 3 && ms_is_digit(name.p[i + 1]) && ms_is_digit(name.p[i + 3]));
            i += 3;
        }
        octets++;
        label = name.p[i] == '.' ? 0 : label + 1;
        require(label <= 63);
    }
    require(label > 0 && octets <= 253);
}

/* What the grammar allows fails for its values alone; what it does not allow fails. */
static void expand_name(ms_span text, const ms_spf_values *values)
{
    ms_spf_letters letters;
    bool right = ms_spf_domain_spec(text, &letters) == MS_SPF_FINE;
    ms_buf out = { 0 };
    ms_error error;

    if (ms_spf_expand_name(text, values, &out, &error)) {
        require(right);
        check_name(ms_buf_span(&out));
    } else {
        require(right == (is_code(&error, "bad_address") || is_code(&error, "macro_not_ascii") ||
                          is_code(&error, "macro_bad_name")));
        require(out.n == 0);
    }
    ms_buf_free(&out);
}

static void expand_explanation(ms_span text, const ms_spf_values *values)
{
    ms_spf_letters letters;
    bool right = ms_spf_macro_string(text, true, &letters) == MS_SPF_FINE;
    ms_buf out = { 0 };
    ms_error error;

    if (ms_spf_expand_explanation(text, values, &out, &error)) {
        require(right && out.n <= MS_SPF_EXPLANATION_MAX);
        for (size_t i = 0; i < out.n; i++)
            require(out.p[i] >= 0x20 && out.p[i] < 0x7f);
    }
    ms_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_span line[6], rest = ms_span_of(octets, n);
    ms_spf_values values = { .validated = MS_LIT("unknown"), .receiver = MS_LIT("mx.example"), .now = MS_LIT("1") };
    ms_buf sender = { 0 };

    for (size_t i = 0; i < 6; i++)
        line[i] = rest.p != NULL ? ms_span_cut(rest, '\n', &rest) : MS_LIT("");
    ms_buf_add_span(&sender, line[1]);
    ms_buf_add_char(&sender, '@');
    ms_buf_add_span(&sender, line[2]);
    require(!sender.failed);
    values.sender = ms_buf_span(&sender);
    values.local_part = line[1];
    values.sender_domain = line[2];
    values.domain = line[3];
    values.ip = line[4].n > 0 ? line[4] : MS_LIT("192.0.2.3");
    values.helo = line[5];
    expand_name(line[0], &values);
    expand_explanation(line[0], &values);
    ms_buf_free(&sender);
    return 0;
}
