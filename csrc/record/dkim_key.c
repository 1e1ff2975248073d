/* dkim_key.c: the verifier's reader of key records (RFC 6376 §3.6.1, §6.1.2). See dkim_key.h. */
#include "record/dkim_key.h"

#include "record/taglist.h"

/* RFC 6376 §2.10: ALPHA [ *(ALPHA / DIGIT / "-") (ALPHA / DIGIT) ] */
static bool is_hyphenated_word(ms_span s)
{
    if (s.n == 0 || !ms_is_alpha(s.p[0]) || s.p[s.n - 1] == '-')
        return false;
    for (size_t i = 1; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && s.p[i] != '-')
            return false;
    return true;
}

bool ms_dkim_key_list(ms_span value, ms_span word, bool *named)
{
    ms_span rest = value;

    *named = false;
    if (rest.n == 0)
        return true;
    do {
        ms_span item = ms_span_trim(ms_span_cut(rest, ':', &rest));

        if (!is_hyphenated_word(item) && !ms_span_eq(item, MS_LIT("*")))
            return false;
        *named = *named || ms_span_ieq(item, word);
    } while (rest.p != NULL);
    return true;
}

/* base64string of §2.10, as far as its characters go; that they decode is the key's own affair. */
static bool is_base64(ms_span s)
{
    size_t i = 0, pads = 0;

    for (; i < s.n && s.p[i] != '='; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && s.p[i] != '+' && s.p[i] != '/' && !ms_is_fws(s.p[i]))
            return false;
    for (; i < s.n; i++) {
        if (s.p[i] == '=')
            pads++;
        else if (!ms_is_fws(s.p[i]))
            return false;
    }
    return pads <= 2;
}

/* A name that answers TXT queries with SPF or a site's verification token has no key there (a
 * wildcard does that). Looked for in the raw text, so that a broken key record is still one. */
bool ms_dkim_key_is_one(ms_span text)
{
    bool first = true, other_version = false;

    for (ms_span rest = text; rest.p != NULL; first = false) {
        ms_span value, name = ms_span_trim(ms_span_cut(ms_span_cut(rest, ';', &rest), '=', &value));

        if (value.p == NULL)
            continue;
        if (ms_span_eq(name, MS_LIT("v"))) {
            if (ms_span_istarts(ms_span_trim(value), MS_LIT("DKIM")))
                return true;
            other_version = other_version || first;
        }
        if (ms_span_eq(name, MS_LIT("k")) || (!other_version && ms_span_eq(name, MS_LIT("p"))))
            return true;
    }
    return false;
}

static ms_dkim_key_result read_version(const ms_tags *tags)
{
    const ms_tag *v = ms_tags_find(tags, "v");

    if (v == NULL)
        return MS_DKIM_KEY_OK;
    return v == tags->tag && ms_span_eq(v->value, MS_LIT("DKIM1")) ? MS_DKIM_KEY_OK : MS_DKIM_KEY_VERSION;
}

/* A list that is absent allows everything, and sets no flag. */
static bool read_lists(const ms_tags *tags, ms_dkim_key *key)
{
    const ms_tag *h = ms_tags_find(tags, "h"), *s = ms_tags_find(tags, "s"), *t = ms_tags_find(tags, "t");
    bool any = false;

    key->sha256_allowed = key->email_allowed = true;
    if (h != NULL && !ms_dkim_key_list(h->value, MS_LIT("sha256"), &key->sha256_allowed))
        return false;
    if (s != NULL && (!ms_dkim_key_list(s->value, MS_LIT("email"), &key->email_allowed) ||
                      !ms_dkim_key_list(s->value, MS_LIT("*"), &any)))
        return false;
    key->email_allowed = key->email_allowed || any;
    return t == NULL || (ms_dkim_key_list(t->value, MS_LIT("y"), &key->testing) &&
                         ms_dkim_key_list(t->value, MS_LIT("s"), &key->strict));
}

static ms_dkim_key_result read_key(const ms_tags *tags, ms_dkim_key *key)
{
    const ms_tag *k = ms_tags_find(tags, "k"), *p = ms_tags_find(tags, "p");

    if (p == NULL)
        return MS_DKIM_KEY_NO_P;
    key->p = p->value;
    if (p->value.n == 0)
        return MS_DKIM_KEY_REVOKED;
    if (k == NULL || ms_span_ieq(k->value, MS_LIT("rsa")))
        key->type = MS_KEY_RSA;
    else if (ms_span_ieq(k->value, MS_LIT("ed25519")))
        key->type = MS_KEY_ED25519;
    else
        return is_hyphenated_word(k->value) ? MS_DKIM_KEY_UNKNOWN_K : MS_DKIM_KEY_SYNTAX;
    return is_base64(p->value) ? MS_DKIM_KEY_OK : MS_DKIM_KEY_SYNTAX;
}

ms_dkim_key_result ms_dkim_key_parse(ms_span text, ms_dkim_key *key)
{
    ms_tags tags;
    const ms_tag *n;
    ms_dkim_key_result result;

    *key = (ms_dkim_key){ 0 };
    if (!ms_dkim_key_is_one(text))
        return MS_DKIM_KEY_NOT_A_KEY;
    if (ms_tags_parse(text, &tags) != MS_TAGS_OK)
        return MS_DKIM_KEY_SYNTAX;
    result = read_version(&tags);
    if (result != MS_DKIM_KEY_OK)
        return result;
    if (!read_lists(&tags, key))
        return MS_DKIM_KEY_SYNTAX;
    n = ms_tags_find(&tags, "n");
    key->notes = n != NULL ? n->value : (ms_span){ NULL, 0 };
    return read_key(&tags, key);
}

bool ms_dkim_key_fail(ms_dkim_key_result result, ms_error *error)
{
    switch (result) {
    case MS_DKIM_KEY_NOT_A_KEY:
        return ms_fail(error, "key_not_a_key", "the text is no DKIM key record");
    case MS_DKIM_KEY_VERSION:
        return ms_fail(error, "key_version", "the record must begin with v=DKIM1");
    case MS_DKIM_KEY_NO_P:
        return ms_fail(error, "key_no_p", "the record holds no key: its p= is missing");
    case MS_DKIM_KEY_REVOKED:
        return ms_fail(error, "key_revoked", "the record says that the key is revoked: its p= is empty");
    case MS_DKIM_KEY_UNKNOWN_K:
        return ms_fail(error, "key_type_unknown", "the record's k= is neither rsa nor ed25519");
    case MS_DKIM_KEY_SYNTAX:
    default:
        return ms_fail(error, "key_syntax",
                       "the record cannot be read: it is not a list of tag=value pairs as RFC 6376 has it");
    }
}
