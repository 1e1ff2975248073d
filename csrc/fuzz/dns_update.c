/* dns_update.c: any text as the edits of an update of the zone "x". Each line is a letter, for the operation, and
 * tokens parted by spaces: a name, a type, and data. What was written must be a message that can be walked to its end
 * and holds as many records as edits were taken. */
#include "dns/rdata.h"
#include "dns/tsig.h"
#include "dns/update.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

enum { TOKENS_MOST = 64 };

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Cuts the text into at most so many tokens. */
static size_t cut(ms_span text, ms_span *tokens, size_t max)
{
    size_t n = 0;

    while (text.n > 0 && n < max) {
        ms_span token = ms_span_cut(text, ' ', &text);

        if (token.n > 0)
            tokens[n++] = token;
    }
    return n;
}

/* Reads a line's name and type, and leaves its data to the tokens; false where it has none that are right. */
static bool read_edit(ms_span line, ms_span tokens[TOKENS_MOST], ms_dns_edit *edit)
{
    ms_error error;
    size_t n;

    if (line.n == 0)
        return false;
    *edit = (ms_dns_edit){ .operation = (ms_dns_operation)((uint8_t)line.p[0] % MS_DNS_OPERATIONS), .ttl = 60 };
    n = cut(ms_span_of(line.p + 1, line.n - 1), tokens, TOKENS_MOST);
    if (n < 2 || !ms_dns_name_parse(&edit->name, tokens[0], NULL, &error) ||
        !ms_dns_type_parse(tokens[1], &edit->type, &error))
        return false;
    edit->tokens = tokens + 2;
    edit->n = n - 2;
    return true;
}

static unsigned get16(const ms_buf *buf, size_t at)
{
    return (unsigned)((uint8_t)buf->p[at] << 8 | (uint8_t)buf->p[at + 1]);
}

static void check_message(const ms_buf *out, unsigned prerequisites, unsigned changes)
{
    ms_dns_tsig tsig;
    ms_error error;

    require(get16(out, 6) == prerequisites && get16(out, 8) == changes);
    require(!ms_dns_tsig_find(&tsig, ms_buf_span(out), &error) && strcmp(error.code, "not_signed") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    static const ms_dns_name zone = { 3, { 1, 'x', 0 } };
    ms_span rest = ms_span_of(octets, n), tokens[TOKENS_MOST];
    unsigned counts[2] = { 0, 0 };
    ms_buf out = { 0 };

    ms_dns_update_begin(&out, 1, &zone);
    while (rest.n > 0) {
        ms_span line = ms_span_cut(rest, '\n', &rest);
        ms_error error = { 0 };
        ms_dns_edit edit;

        if (!read_edit(line, tokens, &edit))
            continue;
        if (!ms_dns_update_add(&out, &zone, &edit, &error)) {
            require(error.code != NULL && error.text[0] != '\0');
            ms_buf_free(&out);
            return 0;
        }
        counts[!ms_dns_is_prerequisite(edit.operation)]++;
    }
    check_message(&out, counts[0], counts[1]);
    ms_buf_free(&out);
    return 0;
}
