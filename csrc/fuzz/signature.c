/* signature.c: any octets as a DKIM-Signature field. What is taken must lie in the field; what can be verified must
 * keep RFC 6376 §3.5, and its key have a name that DNS can be asked for. */
#include "dkim/signature.h"
#include "mail/domain.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool lies_in(ms_span text, ms_span s)
{
    return s.p == NULL || (s.p >= text.p && s.p + s.n <= text.p + text.n);
}

static void check_spans(const ms_signature *s, ms_span value)
{
    require(lies_in(value, s->domain) && lies_in(value, s->selector) && lies_in(value, s->identity));
    require(lies_in(value, s->headers) && lies_in(value, s->algorithm));
    require(lies_in(value, s->b_hole) && lies_in(s->b_hole, s->b_text));
    require((s->b_text.p == NULL) == (s->b_hole.p == NULL));
    require(s->size <= sizeof s->octets);
    /* These two name what is missing or wrong in words of our own. */
    require(s->reason == MS_REASON_TAG_MISSING || s->reason == MS_REASON_SIGNATURE_SYNTAX || lies_in(value, s->detail));
}

static void check_names(const ms_signature *s)
{
    ms_span rest = s->headers, name;
    bool from = false;
    int count = 0;

    for (; ms_signed_names_next(&rest, &name); count++) {
        require(ms_is_field_name(name));
        from = from || ms_span_ieq(name, MS_LIT("from"));
    }
    require(from && count <= MS_SIGNED_NAMES_MAX);
}

/* i= within d=: as they stand, or both in A-labels. */
static void check_identity(const ms_signature *s)
{
    ms_span own = s->identity, rest = s->identity;
    ms_buf a = { 0 }, b = { 0 };
    ms_error error;

    if (s->identity.n == 0)
        return;
    while (rest.p != NULL) {
        own = rest;
        ms_span_cut(rest, '@', &rest);
    }
    if (!ms_domain_within(own, s->domain)) {
        require(ms_domain_to_ascii(own, &a, &error) && ms_domain_to_ascii(s->domain, &b, &error));
        require(ms_domain_within(ms_buf_span(&a), ms_buf_span(&b)));
    }
    ms_buf_free(&a);
    ms_buf_free(&b);
}

static void check_sound(const ms_signature *s)
{
    require(s->size > 0 && s->selector.n > 0 && memchr(s->domain.p, '.', s->domain.n) != NULL);
    require(memchr(s->b_hole.p, ';', s->b_hole.n) == NULL);
    check_identity(s);
    require(s->timestamp == MS_NO_NUMBER || s->expiration > s->timestamp);
    check_names(s);
}

static void check_key_name(ms_signature *s)
{
    ms_buf name = { 0 };

    if (ms_signature_key_name(s, &name)) {
        ms_span text = ms_buf_span(&name);

        require(ms_domain_valid(text) && s->reason == MS_REASON_PASS);
        for (size_t i = 0; i < text.n; i++)
            require(text.p[i] == ms_lower(text.p[i]));
    } else {
        require(s->reason == MS_REASON_SELECTOR_INVALID || s->reason == MS_REASON_DOMAIN_INVALID);
    }
    ms_buf_free(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_span text = ms_span_of(octets, n);
    ms_header header = { 0 };
    ms_signature s;

    require(ms_header_parse(&header, text));
    for (size_t i = 0; i < header.n; i++) {
        ms_signature_parse(&s, &header.field[i]);
        require(s.reason < MS_REASON_COUNT);
        check_spans(&s, header.field[i].value);
        if (s.reason != MS_REASON_PASS)
            continue;
        check_sound(&s);
        check_key_name(&s);
    }
    ms_header_free(&header);
    return 0;
}
