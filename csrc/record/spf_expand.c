/* spf_expand.c: what SPF's macros come to. See spf_expand.h.
 *
 * A value is never taken apart into a list: the parts that a macro keeps lie side by side in it, at its right end, or
 * at its left where they are reversed.
 */
#include "record/spf_expand.h"

#include "record/spf.h"

#include <arpa/inet.h>

enum {
    NAME_MAX_OCTETS = 253,
    LABEL_MAX_OCTETS = 63,
    ADDRESS_TEXT_MAX = 64, /* 32 digits and the dots between them */
};

typedef struct expansion {
    const ms_spf_values *values;
    unsigned char address[16];
    bool is_4;
    bool in_explanation;
    size_t keep; /* octets at the end of `out` that matter; the rest may go as it grows. 0: all */
    ms_buf *out;
} expansion;

/* ---- The values of macros */

static bool read_address(expansion *e)
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

    e->is_4 = ms_spf_address4(e->values->ip, e->address);
    if (e->is_4 || !ms_spf_address6(e->values->ip, e->address))
        return e->is_4;
    e->is_4 = memcmp(e->address, mapped, sizeof mapped) == 0;
    if (e->is_4)
        memmove(e->address, e->address + 12, 4);
    return true;
}

/* The address with dots between its digits (%{i}). Hexadecimal digits are in upper case, as every implementation that
 * shares the test suite has them in explanations. */
static ms_span dotted(const expansion *e, char room[ADDRESS_TEXT_MAX])
{
    static const char digit[] = "0123456789ABCDEF";
    size_t n = 0;

    if (e->is_4)
        return ms_span_str(inet_ntop(AF_INET, e->address, room, ADDRESS_TEXT_MAX));
    for (size_t i = 0; i < 16; i++) {
        room[n++] = digit[e->address[i] >> 4];
        room[n++] = '.';
        room[n++] = digit[e->address[i] & 15];
        room[n++] = '.';
    }
    return ms_span_of(room, n - 1);
}

static ms_span readable(const expansion *e, char room[ADDRESS_TEXT_MAX])
{
    return ms_span_str(inet_ntop(e->is_4 ? AF_INET : AF_INET6, e->address, room, ADDRESS_TEXT_MAX));
}

static ms_span value_of(const expansion *e, char letter, char room[ADDRESS_TEXT_MAX])
{
    const ms_spf_values *v = e->values;

    switch (letter) {
    case 's':
        return v->sender;
    case 'l':
        return v->local_part;
    case 'o':
        return v->sender_domain;
    case 'd':
        return v->domain;
    case 'i':
        return dotted(e, room);
    case 'p':
        return v->validated;
    case 'v':
        return e->is_4 ? MS_LIT("in-addr") : MS_LIT("ip6");
    case 'h':
        return v->helo;
    case 'c':
        return readable(e, room);
    case 'r':
        return v->receiver;
    default:
        return v->now;
    }
}

/* ---- Parts */

static bool parts_at(const ms_spf_piece *piece, char c)
{
    ms_span by = piece->delimiters.n > 0 ? piece->delimiters : MS_LIT(".");

    return memchr(by.p, c, by.n) != NULL;
}

/* The parts of the value that are used, as they lie in it: the first ones where they are reversed, else the last. */
static ms_span used_parts(const ms_spf_piece *piece, ms_span value)
{
    unsigned parts = 0;
    size_t at;

    if (piece->parts == 0)
        return value;
    for (size_t i = 0; i < value.n; i++) {
        at = piece->reversed ? i : value.n - 1 - i;
        if (!parts_at(piece, value.p[at]) || ++parts < piece->parts)
            continue;
        return piece->reversed ? ms_span_of(value.p, at) : ms_span_behind(value, at + 1);
    }
    return value;
}

/* RFC 3986 §2.3 */
static bool is_unreserved(char c)
{
    return ms_is_alpha(c) || ms_is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL);
}

static void add_escaped(ms_buf *out, ms_span text)
{
    static const char digit[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (is_unreserved(text.p[i])) {
            ms_buf_add_char(out, text.p[i]);
            continue;
        }
        ms_buf_add_char(out, '%');
        ms_buf_add_char(out, digit[c >> 4]);
        ms_buf_add_char(out, digit[c & 15]);
    }
}

static void add_part(const ms_spf_piece *piece, ms_span part, ms_buf *out)
{
    if (piece->escaped)
        add_escaped(out, part);
    else
        ms_buf_add_span(out, part);
}

/* Part by part with dots between them, from the left or, reversed, from the right. */
static void add_parts(const ms_spf_piece *piece, ms_span value, ms_buf *out)
{
    size_t start = 0, end = value.n;

    if (!piece->reversed) {
        for (size_t i = 0; i < value.n; i++) {
            if (!parts_at(piece, value.p[i]))
                continue;
            add_part(piece, ms_span_of(value.p + start, i - start), out);
            ms_buf_add_char(out, '.');
            start = i + 1;
        }
        add_part(piece, ms_span_behind(value, start), out);
        return;
    }
    for (size_t i = value.n; i > 0; i--) {
        if (!parts_at(piece, value.p[i - 1]))
            continue;
        add_part(piece, ms_span_of(value.p + i, end - i), out);
        ms_buf_add_char(out, '.');
        end = i - 1;
    }
    add_part(piece, ms_span_of(value.p, end), out);
}

/* ---- Expansion */

static bool is_ascii(ms_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] >= 0x80)
            return false;
    return true;
}

/* A value as a name or an explanation may hold it? What is URL-escaped is ASCII; but where a local part is not, its
 * term matches nothing however it is written (RFC 8616 §4). */
static bool may_stand(const expansion *e, const ms_spf_piece *piece, ms_span value)
{
    if (piece->escaped && (e->in_explanation || (piece->letter != 's' && piece->letter != 'l')))
        return true;
    return is_ascii(value);
}

static bool add_macro(expansion *e, const ms_spf_piece *piece, ms_error *error)
{
    char room[ADDRESS_TEXT_MAX];
    ms_span value = value_of(e, piece->letter, room);

    if (!may_stand(e, piece, value))
        return ms_fail(error, "macro_not_ascii", "the macro %%{%c} stands for something that is not ASCII",
                       piece->letter);
    if (piece->reversed || piece->parts > 0 || piece->delimiters.n > 0)
        add_parts(piece, used_parts(piece, value), e->out);
    else
        add_part(piece, value, e->out);
    return true;
}

/* Lets go of what stands too far at the left to be part of the name. */
static void shorten(expansion *e, size_t start)
{
    size_t n = e->out->n - start;

    if (e->keep == 0 || n < 16 * e->keep)
        return;
    memmove(e->out->p + start, e->out->p + e->out->n - e->keep, e->keep);
    e->out->n = start + e->keep;
}

static bool expand(expansion *e, ms_span text, ms_error *error)
{
    size_t start = e->out->n;

    if (!read_address(e))
        return ms_fail(error, "bad_address", "the client's address is no IP address");
    while (text.n > 0) {
        ms_spf_piece piece;
        ms_spf_fault fault = ms_spf_piece_take(&text, e->in_explanation, &piece);

        if (fault != MS_SPF_FINE)
            return ms_fail(error, ms_spf_fault_code(fault), "%s", ms_spf_fault_text(fault));
        if (piece.letter == 0)
            ms_buf_add_span(e->out, piece.literal);
        else if (!add_macro(e, &piece, error))
            return false;
        if (e->out->failed)
            return ms_fail_memory(error);
        shorten(e, start);
        if (e->in_explanation && e->out->n - start > MS_SPF_EXPLANATION_MAX)
            return ms_fail(error, "macro_too_long", "the explanation has more than %d octets", MS_SPF_EXPLANATION_MAX);
    }
    return true;
}

/* ---- Names */

static bool has_good_labels(ms_span name)
{
    size_t size = 0;

    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] != '.')
            size++;
        else if (size == 0)
            return false;
        else
            size = 0;
        if (size > LABEL_MAX_OCTETS)
            return false;
    }
    return size > 0;
}

static ms_span fit(ms_span name)
{
    if (name.n > 0 && name.p[name.n - 1] == '.')
        name.n--;
    while (name.n > NAME_MAX_OCTETS) {
        ms_span rest;

        ms_span_cut(name, '.', &rest);
        if (rest.p == NULL)
            break;
        name = rest;
    }
    return name;
}

static void add_name(ms_buf *out, ms_span name)
{
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];

        if (c > 0x20 && c < 0x7f && strchr("\\\"();@$", c) == NULL) {
            ms_buf_add_char(out, name.p[i]);
            continue;
        }
        ms_buf_add_char(out, '\\');
        ms_buf_add_char(out, (char)('0' + c / 100));
        ms_buf_add_char(out, (char)('0' + c / 10 % 10));
        ms_buf_add_char(out, (char)('0' + c % 10));
    }
}

bool ms_spf_expand_name(ms_span domain_spec, const ms_spf_values *values, ms_buf *out, ms_error *error)
{
    ms_buf whole = { 0 };
    /* The dot at the end, and what is cut before a label's end, count besides. */
    expansion e = { .values = values, .keep = (size_t)2 * NAME_MAX_OCTETS, .out = &whole };
    ms_spf_letters letters;
    ms_spf_fault fault = ms_spf_domain_spec(domain_spec, &letters);
    ms_span name;
    bool ok = false;

    if (fault != MS_SPF_FINE)
        return ms_fail(error, ms_spf_fault_code(fault), "%s", ms_spf_fault_text(fault));
    if (!expand(&e, domain_spec, error))
        goto out;
    name = fit(ms_buf_span(&whole));
    ok = has_good_labels(name);
    if (!ok)
        ms_fail(error, "macro_bad_name", "the name has an empty label, or one of more than 63 octets");
    else
        add_name(out, name);
    if (out->failed)
        ok = ms_fail_memory(error);
out:
    ms_buf_free(&whole);
    return ok;
}

/* ---- Explanations */

bool ms_spf_expand_explanation(ms_span text, const ms_spf_values *values, ms_buf *out, ms_error *error)
{
    expansion e = { .values = values, .in_explanation = true, .out = out };
    size_t start = out->n;

    if (!expand(&e, text, error))
        return false;
    for (size_t i = start; i < out->n; i++)
        if (out->p[i] < 0x20 || out->p[i] == 0x7f)
            return ms_fail(error, "macro_control", "a macro stands for something that holds a control character");
    return true;
}
