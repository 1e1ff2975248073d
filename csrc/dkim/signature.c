/* signature.c: one DKIM-Signature field, read. See signature.h. */
#include "dkim/signature.h"

#include "base/base64.h"
#include "mail/domain.h"
#include "record/taglist.h"

/* The tags that mean something here. All but bh= have a name of one letter. */
typedef struct tag_values {
    const ms_tag *letter[26]; /* those that are absent are NULL */
    const ms_tag *bh;
} tag_values;

static void collect(const ms_tags *tags, tag_values *values)
{
    memset(values, 0, sizeof *values);
    for (size_t i = 0; i < tags->n; i++) {
        const ms_tag *tag = &tags->tag[i];

        if (tag->name.n == 1 && tag->name.p[0] >= 'a' && tag->name.p[0] <= 'z')
            values->letter[tag->name.p[0] - 'a'] = tag;
        else if (ms_span_eq(tag->name, MS_LIT("bh")))
            values->bh = tag;
    }
}

static ms_span tag_value(const tag_values *values, char name)
{
    const ms_tag *tag = values->letter[name - 'a'];

    return tag ? tag->value : (ms_span){ NULL, 0 };
}

static ms_reason fault(ms_signature *s, ms_reason reason, ms_span detail)
{
    s->detail = detail;
    return reason;
}

static ms_reason read_version(ms_signature *s, const tag_values *tags)
{
    ms_span v = tag_value(tags, 'v');

    if (v.p == NULL)
        return MS_REASON_VERSION_MISSING;
    return ms_span_eq(v, MS_LIT("1")) ? MS_REASON_PASS : fault(s, MS_REASON_VERSION_UNKNOWN, v);
}

static ms_reason find_required(ms_signature *s, const tag_values *tags)
{
    static const char required[] = { 'a', 'b', 'd', 'h', 's' };

    for (size_t i = 0; i < sizeof required; i++)
        if (tag_value(tags, required[i]).p == NULL)
            return fault(s, MS_REASON_TAG_MISSING, ms_span_of(&required[i], 1));
    return tags->bh != NULL ? MS_REASON_PASS : fault(s, MS_REASON_TAG_MISSING, MS_LIT("bh"));
}

static ms_reason read_algorithm(ms_signature *s)
{
    if (ms_span_ieq(s->algorithm, MS_LIT("rsa-sha256")))
        s->type = MS_KEY_RSA;
    else if (ms_span_ieq(s->algorithm, MS_LIT("ed25519-sha256")))
        s->type = MS_KEY_ED25519;
    else if (ms_span_ieq(s->algorithm, MS_LIT("rsa-sha1")))
        return MS_REASON_ALGORITHM_SHA1;
    else
        return fault(s, MS_REASON_ALGORITHM_UNKNOWN, s->algorithm);
    return MS_REASON_PASS;
}

static bool canon_of(ms_span name, ms_canon *canon)
{
    *canon = ms_span_ieq(name, MS_LIT("relaxed")) ? MS_RELAXED : MS_SIMPLE;
    return *canon == MS_RELAXED || ms_span_ieq(name, MS_LIT("simple"));
}

static ms_reason read_canonicalization(ms_signature *s, const tag_values *tags)
{
    ms_span c = tag_value(tags, 'c'), header, body;

    s->header_canon = s->body_canon = MS_SIMPLE;
    if (c.p == NULL)
        return MS_REASON_PASS;
    header = ms_span_cut(c, '/', &body);
    if (!canon_of(header, &s->header_canon) || (body.p != NULL && !canon_of(body, &s->body_canon)))
        return fault(s, MS_REASON_CANONICALIZATION_UNKNOWN, c);
    return MS_REASON_PASS;
}

/* §3.5 q=: one method that is known is enough. */
static ms_reason read_query_methods(ms_signature *s, const tag_values *tags)
{
    ms_span q = tag_value(tags, 'q'), rest = q;

    if (q.p == NULL)
        return MS_REASON_PASS;
    while (rest.p != NULL)
        if (ms_span_ieq(ms_span_trim(ms_span_cut(rest, ':', &rest)), MS_LIT("dns/txt")))
            return MS_REASON_PASS;
    return fault(s, MS_REASON_QUERY_METHOD_UNKNOWN, q);
}

/* §3.6.2.1 makes names of them, so they must be names before anything is asked. */
static ms_reason read_names(ms_signature *s)
{
    if (memchr(s->domain.p, '.', s->domain.n) == NULL)
        return MS_REASON_DOMAIN_INVALID;
    return s->selector.n > 0 ? MS_REASON_PASS : MS_REASON_SELECTOR_INVALID;
}

static ms_span identity_domain(ms_span identity)
{
    const char *end = identity.p + identity.n, *at = end;

    while (at[-1] != '@')
        at--;
    return ms_span_of(at, (size_t)(end - at));
}

/* Is the domain of i= that of d=, or within it? Either may be in U-labels (RFC 8616 §4), so where they are not plainly
 * within each other they are compared as A-labels. */
static ms_reason compare_domains(ms_signature *s, ms_span own)
{
    ms_buf a = { 0 }, b = { 0 };
    ms_error error = { 0 };
    bool within = ms_domain_within(own, s->domain);

    s->identity_is_domain = ms_span_ieq(own, s->domain);
    if (!within && ms_domain_to_ascii(own, &a, &error) && ms_domain_to_ascii(s->domain, &b, &error)) {
        within = ms_domain_within(ms_buf_span(&a), ms_buf_span(&b));
        s->identity_is_domain = within && a.n == b.n;
    }
    ms_buf_free(&a);
    ms_buf_free(&b);
    if (within)
        return MS_REASON_PASS;
    return error.code != NULL && strcmp(error.code, "no_memory") == 0 ? MS_REASON_INTERNAL
                                                                      : MS_REASON_IDENTITY_OUTSIDE_DOMAIN;
}

static ms_reason read_identity(ms_signature *s, const tag_values *tags)
{
    s->identity = tag_value(tags, 'i');
    if (s->identity.p == NULL)
        return MS_REASON_PASS;
    if (s->identity.n == 0 || memchr(s->identity.p, '@', s->identity.n) == NULL) {
        s->identity.n = 0;
        return MS_REASON_IDENTITY_INVALID;
    }
    return compare_domains(s, identity_domain(s->identity));
}

bool ms_signed_names_next(ms_span *rest, ms_span *name)
{
    if (rest->p == NULL)
        return false;
    *name = ms_span_trim(ms_span_cut(*rest, ':', rest));
    return true;
}

static ms_reason read_headers(ms_signature *s)
{
    ms_span rest = s->headers, name;
    bool from = false;
    int count = 0;

    while (ms_signed_names_next(&rest, &name)) {
        if (++count > MS_SIGNED_NAMES_MAX)
            return MS_REASON_HEADERS_TOO_MANY;
        if (!ms_is_field_name(name))
            return MS_REASON_HEADERS_INVALID;
        from = from || ms_span_ieq(name, MS_LIT("from"));
    }
    return from ? MS_REASON_PASS : MS_REASON_FROM_NOT_SIGNED;
}

/* Digits alone, 76 at most; what does not fit is as good as infinite (§3.5 t=, l=). */
static bool read_number(ms_span text, uint64_t *number)
{
    const uint64_t most = MS_NO_NUMBER >> 1;

    *number = MS_NO_NUMBER;
    if (text.p == NULL)
        return true;
    if (text.n == 0 || text.n > MS_NUMBER_DIGITS_MAX)
        return false;
    *number = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!ms_is_digit(text.p[i]))
            return false;
        *number = *number > most / 10 - 1 ? most : *number * 10 + (uint64_t)(text.p[i] - '0');
    }
    return true;
}

static ms_reason read_numbers(ms_signature *s, const tag_values *tags)
{
    if (!read_number(tag_value(tags, 'l'), &s->body_length))
        return MS_REASON_BODY_LENGTH_MALFORMED;
    if (!read_number(tag_value(tags, 't'), &s->timestamp))
        return MS_REASON_TIMESTAMP_MALFORMED;
    if (!read_number(tag_value(tags, 'x'), &s->expiration))
        return MS_REASON_EXPIRATION_MALFORMED;
    if (s->expiration != MS_NO_NUMBER && s->timestamp != MS_NO_NUMBER && s->expiration <= s->timestamp)
        return MS_REASON_EXPIRATION_BEFORE_TIMESTAMP;
    return MS_REASON_PASS;
}

static ms_reason read_octets(ms_signature *s, const tag_values *tags)
{
    uint8_t digest[MS_SHA256_SIZE + 3];
    size_t n;

    if (!ms_base64_decode(tags->bh->value, digest, sizeof digest, &n) || n != MS_SHA256_SIZE)
        return MS_REASON_BODY_HASH_MALFORMED;
    memcpy(s->body_hash, digest, MS_SHA256_SIZE);
    if (!ms_base64_decode(s->b_text, s->octets, sizeof s->octets, &s->size) || s->size == 0)
        return MS_REASON_SIGNATURE_MALFORMED;
    return MS_REASON_PASS;
}

/* From behind the "=" to before the ";": white space on either side belongs to it (§3.7). */
static ms_span hole_of(const ms_tag *b, ms_span value)
{
    const char *end = value.p + value.n;
    const char *start = (const char *)memchr(b->name.p, '=', (size_t)(end - b->name.p)) + 1;
    const char *semicolon = memchr(start, ';', (size_t)(end - start));

    return ms_span_of(start, (size_t)((semicolon ? semicolon : end) - start));
}

static ms_reason parse(ms_signature *s, const ms_field *field)
{
    ms_tags list;
    ms_tags_result syntax = ms_tags_parse(field->value, &list);
    tag_values values, *tags = &values;
    ms_reason reason;

    collect(&list, tags);
    s->algorithm = tag_value(tags, 'a');
    s->domain = tag_value(tags, 'd');
    s->selector = tag_value(tags, 's');
    s->headers = tag_value(tags, 'h');
    s->b_text = tag_value(tags, 'b');
    if (s->b_text.p != NULL)
        s->b_hole = hole_of(tags->letter['b' - 'a'], field->value);
    if (syntax != MS_TAGS_OK)
        return fault(s, MS_REASON_SIGNATURE_SYNTAX, ms_span_str(ms_tags_result_text(syntax)));
    if ((reason = read_version(s, tags)) || (reason = find_required(s, tags)) || (reason = read_algorithm(s)) ||
        (reason = read_canonicalization(s, tags)) || (reason = read_query_methods(s, tags)) ||
        (reason = read_names(s)) || (reason = read_identity(s, tags)) || (reason = read_headers(s)) ||
        (reason = read_numbers(s, tags)))
        return reason;
    return read_octets(s, tags);
}

void ms_signature_parse(ms_signature *s, const ms_field *field)
{
    static const ms_span none = { NULL, 0 };

    s->detail = s->domain = s->selector = s->identity = s->headers = s->algorithm = none;
    s->b_hole = s->b_text = none;
    s->type = MS_KEY_RSA;
    s->identity_is_domain = true;
    s->body_length = s->timestamp = s->expiration = MS_NO_NUMBER;
    s->size = 0;
    s->reason = parse(s, field);
}

/* Appends `name` in the form that DNS is asked for. Plain ASCII, the rule, goes the short way. */
static ms_reason add_name(ms_span name, ms_buf *out, ms_reason otherwise)
{
    ms_error error;

    if (!ms_domain_valid(name)) {
        if (ms_domain_to_ascii(name, out, &error))
            return MS_REASON_PASS;
        return strcmp(error.code, "no_memory") == 0 ? MS_REASON_INTERNAL : otherwise;
    }
    ms_buf_add_span(out, name);
    if (out->failed)
        return MS_REASON_INTERNAL;
    for (size_t i = out->n - name.n; i < out->n; i++)
        out->p[i] = ms_lower(out->p[i]);
    return MS_REASON_PASS;
}

static ms_reason write_key_name(const ms_signature *s, ms_buf *name)
{
    ms_reason reason = add_name(s->selector, name, MS_REASON_SELECTOR_INVALID);

    if (reason != MS_REASON_PASS)
        return reason;
    ms_buf_add_str(name, "._domainkey.");
    reason = add_name(s->domain, name, MS_REASON_DOMAIN_INVALID);
    if (reason != MS_REASON_PASS)
        return reason;
    if (name->failed)
        return MS_REASON_INTERNAL;
    return name->n <= MS_DOMAIN_MAX ? MS_REASON_PASS : MS_REASON_DOMAIN_INVALID;
}

bool ms_signature_key_name(ms_signature *s, ms_buf *name)
{
    ms_buf_clear(name);
    s->reason = write_key_name(s, name);
    if (s->reason != MS_REASON_PASS)
        ms_buf_clear(name);
    return s->reason == MS_REASON_PASS;
}
