/* address.c: the domains of a message's authors. See address.h.
 *
 * A recursive descent without recursion: comments count their depth, groups do not nest. Each function
 * takes what its name says off the text and returns false where that is not what stands there.
 */
#include "mail/address.h"

#include "base/utf8.h"

typedef struct parser {
    const char *p;
    const char *end;
    ms_buf domain; /* the one being read, without comments */
    ms_authors *authors;
    bool no_memory;
} parser;

static bool at(const parser *in, char c)
{
    return in->p < in->end && *in->p == c;
}

static bool take(parser *in, char c)
{
    if (!at(in, c))
        return false;
    in->p++;
    return true;
}

/* RFC 5322 §3.2.3 atext, and any octet of UTF-8 (RFC 6532 §3.2). */
static bool is_atext(char c)
{
    return (unsigned char)c > ' ' && c != 0x7f && strchr("()<>[]:;@\\,.\"", c) == NULL;
}

/* Takes up to the `close` that ends what has just been opened: a quoted string, or, when `open` is not 0, a
 * comment, in which further ones nest (§3.2.2, §3.2.4). */
static bool take_enclosed(parser *in, char open, char close)
{
    size_t depth = 1;

    while (in->p < in->end && depth > 0) {
        char c = *in->p++;

        if (c == close)
            depth--;
        else if (c == open && open != '\0')
            depth++;
        else if (c == '\\' && in->p < in->end)
            in->p++;
    }
    return depth == 0;
}

/* Comments and folding white space (§3.2.2). */
static bool skip_cfws(parser *in)
{
    while (in->p < in->end) {
        if (ms_is_fws(*in->p))
            in->p++;
        else if (!take(in, '('))
            return true;
        else if (!take_enclosed(in, '(', ')'))
            return false;
    }
    return true;
}

static bool take_atom(parser *in)
{
    const char *start = in->p;

    while (in->p < in->end && is_atext(*in->p))
        in->p++;
    return in->p > start;
}

/* Words and dots: a display name, or a local part where words and dots alternate (§3.2.5, §3.4.1). "[List] name" is
 * no phrase, yet common, and nobody can misread it. */
typedef struct phrase {
    size_t words;
    bool local_part;
} phrase;

static bool take_phrase(parser *in, phrase *found)
{
    bool after_word = false;

    *found = (phrase){ 0, true };
    for (;;) {
        if (!skip_cfws(in))
            return false;
        if (take(in, '.')) {
            found->local_part = found->local_part && after_word;
            after_word = false;
            continue;
        }
        if (take(in, '"')) {
            if (!take_enclosed(in, '\0', '"'))
                return false;
        } else if (take(in, '[') || take(in, ']')) {
            found->local_part = false;
        } else if (!take_atom(in)) {
            break;
        }
        found->words++;
        found->local_part = found->local_part && !after_word;
        after_word = true;
    }
    found->local_part = found->local_part && after_word;
    return true;
}

/* Atoms with dots between and, as of old, white space and comments around (§3.4.1, §4.4), into in->domain. A domain
 * literal is no domain name. */
static bool take_domain(parser *in)
{
    ms_buf_clear(&in->domain);
    do {
        const char *start;

        if (!skip_cfws(in))
            return false;
        start = in->p;
        if (!take_atom(in))
            return false;
        if (in->domain.n > 0)
            ms_buf_add_char(&in->domain, '.');
        ms_buf_add(&in->domain, start, (size_t)(in->p - start));
        if (!skip_cfws(in))
            return false;
    } while (take(in, '.'));
    return true;
}

static void keep(ms_authors *authors, ms_span name)
{
    for (size_t i = 0; i < authors->n; i++)
        if (ms_span_eq(name, ms_span_str(authors->domain[i])))
            return;
    if (authors->n == MS_AUTHORS_MAX) {
        authors->more = true;
        return;
    }
    memcpy(authors->domain[authors->n], name.p, name.n);
    authors->domain[authors->n++][name.n] = '\0';
}

static bool take_author_domain(parser *in)
{
    ms_buf ascii = { 0 };
    ms_error error = { NULL, "" };
    bool fine;

    if (!take_domain(in))
        return false;
    fine = !in->domain.failed && ms_domain_to_ascii(ms_buf_span(&in->domain), &ascii, &error);
    if (fine)
        keep(in->authors, ms_buf_span(&ascii));
    in->no_memory = in->domain.failed || (!fine && strcmp(error.code, "no_memory") == 0);
    ms_buf_free(&ascii);
    return fine;
}

/* "@a,@b:" as of old, which leads nowhere (§4.4 obs-route). */
static bool take_route(parser *in)
{
    while (skip_cfws(in) && !take(in, ':')) {
        if (take(in, ','))
            continue;
        if (!take(in, '@') || !take_domain(in))
            return false;
    }
    return in->p < in->end;
}

/* Behind a "<". */
static bool take_angle_address(parser *in)
{
    phrase local;

    if (!skip_cfws(in))
        return false;
    if ((at(in, '@') || at(in, ',')) && !take_route(in))
        return false;
    return take_phrase(in, &local) && local.local_part && take(in, '@') && take_author_domain(in) && take(in, '>') &&
           skip_cfws(in);
}

/* One mailbox, an empty member of a list, or the start of a group with the mailbox behind. */
static bool take_address(parser *in, bool *in_group)
{
    phrase words;

    if (!take_phrase(in, &words))
        return false;
    if (words.words > 0 && !*in_group && take(in, ':')) {
        *in_group = true;
        if (!take_phrase(in, &words))
            return false;
    }
    if (take(in, '<'))
        return take_angle_address(in);
    if (words.local_part && take(in, '@'))
        return take_author_domain(in);
    return words.words == 0;
}

/* Addresses with commas between (§3.4, §4.4 obs-addr-list). */
static bool take_address_list(parser *in)
{
    bool in_group = false;

    do {
        if (!take_address(in, &in_group))
            return false;
        if (in_group && take(in, ';')) {
            in_group = false;
            if (!skip_cfws(in))
                return false;
        }
    } while (take(in, ','));
    return in->p == in->end && !in_group;
}

/* Without control characters but those of folding white space (§2.2, §3.2.2), and UTF-8. */
static bool is_clean(ms_span value)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];

        if (c == '\r' && value.n - i > 2 && value.p[i + 1] == '\n' && ms_is_wsp(value.p[i + 2]))
            i += 2;
        else if ((c >= 0 && c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return ms_utf8_valid(value);
}

/* Does what stands at `p` look like a From field to a reader who forgives white space and control characters? */
static bool looks_like_from(const char *p, const char *end)
{
    static const char name[] = "from:";
    size_t matched = 0;

    for (; p < end && matched < sizeof name - 1; p++) {
        if (ms_lower(*p) == name[matched])
            matched++;
        else if ((unsigned char)*p > ' ' && *p != 0x7f)
            return false;
    }
    return matched == sizeof name - 1;
}

/* A From field that hides: its name is folded or holds control characters, or a bare CR, LF or a NUL stands
 * before it. Some reader will see it, so it counts. */
static bool hides_from(const ms_field *field)
{
    const char *p = field->whole.p, *end = p + field->whole.n;

    if (looks_like_from(p, end))
        return true;
    for (; p < end; p++) {
        bool fold = p[0] == '\r' && end - p > 2 && p[1] == '\n' && ms_is_wsp(p[2]);

        if (fold)
            p += 2;
        else if ((*p == '\r' || *p == '\n' || *p == '\0') && end - p > 1 && ms_lower(p[1]) == 'f' &&
                 looks_like_from(p + 1, end))
            return true;
    }
    return false;
}

static bool parse_from(ms_span value, ms_authors *authors)
{
    parser in = { .p = value.p, .end = value.p + value.n, .authors = authors };

    if (!is_clean(value) || !take_address_list(&in))
        authors->result = MS_AUTHORS_MALFORMED;
    else if (authors->n == 0)
        authors->result = MS_AUTHORS_NONE;
    else
        authors->result = authors->n == 1 ? MS_AUTHORS_OK : MS_AUTHORS_SEVERAL;
    if (authors->result == MS_AUTHORS_MALFORMED)
        authors->n = 0;
    ms_buf_free(&in.domain);
    return !in.no_memory;
}

bool ms_author_domains(const ms_header *header, ms_authors *authors)
{
    const ms_field *from = NULL;
    size_t hidden = 0, count = 0;

    authors->n = 0;
    authors->more = false;
    for (size_t i = 0; i < header->n; i++) {
        const ms_field *field = &header->field[i];

        if (ms_span_ieq(field->name, MS_LIT("from"))) {
            from = field;
            count++;
        } else if (hides_from(field)) {
            hidden++;
        }
    }
    if (count == 1 && hidden == 0)
        return parse_from(from->value, authors);
    if (count + hidden > 1)
        authors->result = MS_AUTHORS_MULTIPLE_FIELDS;
    else
        authors->result = hidden > 0 ? MS_AUTHORS_MALFORMED : MS_AUTHORS_NONE;
    return true;
}

const char *ms_authors_result_name(ms_authors_result result)
{
    static const char *const names[] = { "ok", "several", "none", "multiple_fields", "malformed" };

    return names[result];
}
