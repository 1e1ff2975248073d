/* dkim_key_material.c: what is wrong with the key in p= (RFC 6376 §3.6.1, RFC 8301 §3.2, RFC 8463 §4.2).
 * See dkim_key_lint.h. */
#include "record/dkim_key_lint.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "crypto/der.h"

#include <stdio.h>

typedef struct state {
    const ms_dkim_material *material;
    ms_findings *findings;
    ms_buf base64; /* p= without white space */
    ms_buf octets; /* decoded */
    bool bad_end;  /* the padding is wrong */
} state;

/* A finding whose piece is a number: "512 bits". */
static void add_count(state *s, ms_finding_code code, size_t count, const char *unit)
{
    char text[48];
    int n = snprintf(text, sizeof text, "%zu %s", count, unit);

    ms_findings_add(s->findings, code, ms_span_of(text, (size_t)n));
}

static void add(state *s, ms_finding_code code, ms_span found)
{
    ms_findings_add(s->findings, code, found);
}

/* As much of the key as is shown in a finding, from its start or from its end. */
enum { SHOWN = 12 };

static ms_span head(ms_span s)
{
    return ms_span_of(s.p, s.n < SHOWN ? s.n : SHOWN);
}

static ms_span tail(ms_span s)
{
    return s.n < SHOWN ? s : ms_span_of(s.p + s.n - SHOWN, SHOWN);
}

/* ---- The base64 */

static bool in_alphabet(char c)
{
    return ms_is_alpha(c) || ms_is_digit(c) || c == '+' || c == '/';
}

/* The character at the start of `rest`, whole where it is of several octets. */
static ms_span character(ms_span rest)
{
    ms_span after = rest;
    uint32_t code;

    return ms_span_of(rest.p, ms_utf8_take(&after, &code) ? rest.n - after.n : 1);
}

/* Only characters of base64, and '=' at the end alone? */
static bool check_characters(state *s)
{
    ms_span p = s->material->p;
    const char *equals = memchr(p.p, '=', p.n);

    for (size_t i = 0; i < p.n; i++) {
        ms_span rest = ms_span_of(p.p + i, p.n - i);

        if (p.p[i] != '=' && !in_alphabet(p.p[i]) && !ms_is_fws(p.p[i])) {
            add(s, MS_FINDING_DKIM_P_NOT_BASE64, character(rest));
            return false;
        }
        if (equals != NULL && p.p + i > equals && in_alphabet(p.p[i])) {
            add(s, MS_FINDING_DKIM_P_PADDING, ms_span_of(equals, (size_t)(p.p + p.n - equals)));
            return false;
        }
    }
    return true;
}

/* White space inside p= is that of strings joined with a space where each run is a single SP, and
 * each piece before it is as long as somebody makes a string, never a PEM file's line of 64 or 76. */
static void check_white_space(state *s)
{
    enum { SHORTEST_STRING = 100 };
    ms_span p = s->material->p;
    const char *first = NULL;
    size_t piece = s->material->before;
    bool joined = true;

    for (size_t i = 0; i < p.n; i++, piece++) {
        if (!ms_is_fws(p.p[i]))
            continue;
        if (first == NULL)
            first = p.p + i;
        joined = joined && p.p[i] == ' ' && piece >= SHORTEST_STRING;
        piece = (size_t)-1;
    }
    if (first != NULL)
        add(s, joined ? MS_FINDING_DKIM_JOINED_WITH_SPACE : MS_FINDING_DKIM_P_WHITE_SPACE,
            tail(ms_span_of(p.p, (size_t)(first - p.p))));
}

static void strip(state *s)
{
    ms_span p = s->material->p;

    for (size_t i = 0; i < p.n; i++)
        if (!ms_is_fws(p.p[i]))
            ms_buf_add_char(&s->base64, p.p[i]);
}

static bool decode(state *s, ms_span text)
{
    size_t room = ms_base64_room(text.n);
    char *to = ms_buf_reserve(&s->octets, room);

    return to != NULL && ms_base64_decode(text, (uint8_t *)to, room, &s->octets.n);
}

/* Decodes; where the end is wrong, as much as can be. */
static void decode_forgiving(state *s)
{
    ms_span text = ms_buf_span(&s->base64);
    const char *equals;
    size_t over;

    if (text.p == NULL || decode(s, text) || s->octets.failed)
        return;
    s->bad_end = true;
    equals = memchr(text.p, '=', text.n);
    if (equals != NULL)
        text.n = s->base64.n = (size_t)(equals - text.p);
    over = text.n % 4;
    if (over >= 2) {
        ms_buf_add(&s->base64, "==", 4 - over);
        if (decode(s, ms_buf_span(&s->base64)))
            return;
    }
    text = ms_buf_span(&s->base64);
    text.n = text.n / 4 * 4 - (over >= 2 ? 4 : 0);
    decode(s, text);
}

/* ---- The DER */

/* How many octets the SEQUENCE at the start takes by its own account; 0 where there is none. */
static size_t declared_size(ms_span der)
{
    const uint8_t *p = (const uint8_t *)der.p;
    size_t size = 0, count;

    if (der.n < 2 || p[0] != 0x30)
        return 0;
    if (p[1] < 0x80)
        return (size_t)p[1] + 2;
    count = p[1] & 0x7f;
    if (count == 0 || count > 3 || der.n < count + 2)
        return 0;
    for (size_t i = 0; i < count; i++)
        size = size << 8 | p[2 + i];
    return size + count + 2;
}

/* PKCS#1 and PKCS#8 private keys and those of RFC 5915 begin with a version, 0 or 1; no public key does. */
static bool is_private(ms_span der)
{
    size_t size = declared_size(der), header = 2;

    if (size == 0)
        return false;
    if ((uint8_t)der.p[1] >= 0x80)
        header += (uint8_t)der.p[1] & 0x7f;
    return der.n >= header + 3 && der.p[header] == 0x02 && der.p[header + 1] == 1 && (uint8_t)der.p[header + 2] <= 1;
}

/* Is the key's end where the key says? False where there is nothing to look at further. */
static bool check_size(state *s)
{
    ms_span der = ms_buf_span(&s->octets);
    size_t size = declared_size(der);

    if (size > der.n) {
        char text[64];
        int n = snprintf(text, sizeof text, "%zu of %zu octets", der.n, size);

        if (s->material->cut)
            add(s, MS_FINDING_DKIM_CUT_AT_255, tail(s->material->p));
        else
            add(s, MS_FINDING_DKIM_P_TRUNCATED, ms_span_of(text, (size_t)n));
        return false;
    }
    if (size > 0 && size < der.n) {
        add_count(s, MS_FINDING_DKIM_P_TRAILING, der.n - size, der.n - size == 1 ? "octet" : "octets");
        s->octets.n = size;
    }
    return true;
}

/* ---- The key */

static void check_bits(state *s, unsigned bits)
{
    if (bits < MS_RSA_MIN_BITS)
        add_count(s, MS_FINDING_DKIM_KEY_WEAK, bits, "bits");
    else if (bits < 2048)
        add_count(s, MS_FINDING_DKIM_KEY_SHORT, bits, "bits");
    else if (bits > MS_RSA_MAX_BITS)
        add_count(s, MS_FINDING_DKIM_KEY_TOO_LARGE, bits, "bits");
    else if (bits > 4096)
        add_count(s, MS_FINDING_DKIM_KEY_OVERSIZED, bits, "bits");
}

/* Has the key the type that the record says? */
static bool check_type(state *s, ms_der_kind kind)
{
    const ms_dkim_material *m = s->material;
    bool raw = kind == MS_DER_BROKEN && s->octets.n == MS_ED25519_KEY_SIZE;

    if (m->type == MS_KEY_RSA && (kind == MS_DER_ED25519 || kind == MS_DER_OTHER || raw)) {
        add(s, MS_FINDING_DKIM_KEY_TYPE_MISMATCH, m->k);
        return false;
    }
    if (m->type == MS_KEY_RSA || raw)
        return true;
    if (kind == MS_DER_ED25519)
        add(s, MS_FINDING_DKIM_ED25519_SPKI, head(s->material->p));
    else if (kind != MS_DER_BROKEN)
        add(s, MS_FINDING_DKIM_KEY_TYPE_MISMATCH, m->k);
    else
        add_count(s, MS_FINDING_DKIM_ED25519_SIZE, s->octets.n, s->octets.n == 1 ? "octet" : "octets");
    return false;
}

/* The verifier's own reader has the last word. */
static void check_use(state *s)
{
    ms_error error = { 0 };
    unsigned bits;

    if (ms_public_key_check(s->material->type, ms_buf_span(&s->octets), &bits, &error))
        return;
    if (strcmp(error.code, "key_bad_exponent") == 0)
        add(s, MS_FINDING_DKIM_BAD_EXPONENT, ms_span_str(error.text));
    else if (strcmp(error.code, "key_small_order") == 0)
        add(s, MS_FINDING_DKIM_ED25519_SMALL_ORDER, head(s->material->p));
    else if (strcmp(error.code, "key_too_small") != 0 && strcmp(error.code, "key_too_large") != 0)
        add(s, MS_FINDING_DKIM_P_MALFORMED, ms_span_str(error.text));
}

static void check_key(state *s)
{
    ms_span octets = ms_buf_span(&s->octets);
    ms_der_key der;

    if (is_private(octets)) {
        add(s, MS_FINDING_DKIM_PRIVATE_KEY, head(s->material->p));
        return;
    }
    /* 32 raw octets may begin like DER by chance. */
    if (!(s->material->type == MS_KEY_ED25519 && octets.n == MS_ED25519_KEY_SIZE) && !check_size(s))
        return;
    if (s->bad_end)
        add(s, MS_FINDING_DKIM_P_PADDING, tail(s->material->p));
    der = ms_der_public_key(ms_buf_span(&s->octets));
    if (!check_type(s, der.kind))
        return;
    if (der.kind == MS_DER_RSA)
        check_bits(s, ms_der_bits(der.modulus));
    check_use(s);
}

bool ms_dkim_key_material_lint(const ms_dkim_material *material, ms_findings *findings)
{
    state s = { .material = material, .findings = findings };
    bool ok = true;

    check_white_space(&s);
    if (check_characters(&s)) {
        strip(&s);
        decode_forgiving(&s);
        ok = !s.base64.failed && !s.octets.failed;
        if (ok)
            check_key(&s);
    }
    ms_buf_free(&s.base64);
    ms_buf_free(&s.octets);
    return ok && !findings->failed;
}
