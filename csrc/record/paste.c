/* paste.c: takes out of a record's text what pasting put in. See paste.h.
 *
 * A line of a zone file is unwrapped first; then one pass over the octets replaces the sequences of
 * a table. All is linear in the size of the text.
 */
#include "record/paste.h"

typedef struct sequence {
    ms_span octets;
    ms_finding_code code;
    const char *meant;
} sequence;

#define SEQUENCE(octets, code, meant)                                                                                  \
    {                                                                                                                  \
        { (octets), sizeof(octets) - 1 }, MS_FINDING_PASTED_##code, (meant)                                            \
    }

static const sequence sequences[] = {
    SEQUENCE("&quot;", HTML_ENTITY, ""),
    SEQUENCE("&#34;", HTML_ENTITY, ""),
    SEQUENCE("&#x22;", HTML_ENTITY, ""),
    SEQUENCE("&apos;", HTML_ENTITY, ""),
    SEQUENCE("&#39;", HTML_ENTITY, ""),
    SEQUENCE("&ldquo;", HTML_ENTITY, ""),
    SEQUENCE("&rdquo;", HTML_ENTITY, ""),
    SEQUENCE("&nbsp;", HTML_ENTITY, " "),
    SEQUENCE("&#160;", HTML_ENTITY, " "),
    SEQUENCE("&amp;", HTML_ENTITY, "&"),
    SEQUENCE("&lt;", HTML_ENTITY, "<"),
    SEQUENCE("&gt;", HTML_ENTITY, ">"),
    SEQUENCE("&equals;", HTML_ENTITY, "="),
    SEQUENCE("&#61;", HTML_ENTITY, "="),
    SEQUENCE("&#x3D;", HTML_ENTITY, "="),
    SEQUENCE("&plus;", HTML_ENTITY, "+"),
    SEQUENCE("&#43;", HTML_ENTITY, "+"),
    SEQUENCE("&#x2B;", HTML_ENTITY, "+"),
    SEQUENCE("&sol;", HTML_ENTITY, "/"),
    SEQUENCE("&#47;", HTML_ENTITY, "/"),
    SEQUENCE("&#x2F;", HTML_ENTITY, "/"),
    SEQUENCE("&tilde;", HTML_ENTITY, "~"),
    SEQUENCE("&#126;", HTML_ENTITY, "~"),
    SEQUENCE("&#x7E;", HTML_ENTITY, "~"),
    SEQUENCE("&semi;", HTML_ENTITY, ";"),
    SEQUENCE("&#59;", HTML_ENTITY, ";"),
    SEQUENCE("<br>", HTML_ENTITY, ""),
    SEQUENCE("<br/>", HTML_ENTITY, ""),
    SEQUENCE("<br />", HTML_ENTITY, ""),
    SEQUENCE("<wbr>", HTML_ENTITY, ""),
    SEQUENCE("\xe2\x80\x98", SMART_QUOTES, ""),    /* U+2018 left single */
    SEQUENCE("\xe2\x80\x99", SMART_QUOTES, ""),    /* U+2019 right single */
    SEQUENCE("\xe2\x80\x9a", SMART_QUOTES, ""),    /* U+201A low single */
    SEQUENCE("\xe2\x80\x9c", SMART_QUOTES, ""),    /* U+201C left double */
    SEQUENCE("\xe2\x80\x9d", SMART_QUOTES, ""),    /* U+201D right double */
    SEQUENCE("\xe2\x80\x9e", SMART_QUOTES, ""),    /* U+201E low double */
    SEQUENCE("\xe2\x80\xb3", SMART_QUOTES, ""),    /* U+2033 double prime */
    SEQUENCE("\xc2\xab", SMART_QUOTES, ""),        /* U+00AB left guillemet */
    SEQUENCE("\xc2\xbb", SMART_QUOTES, ""),        /* U+00BB right guillemet */
    SEQUENCE("\xc2\xa0", NO_BREAK_SPACE, " "),     /* U+00A0 */
    SEQUENCE("\xe2\x80\x82", NO_BREAK_SPACE, " "), /* U+2002 en space */
    SEQUENCE("\xe2\x80\x83", NO_BREAK_SPACE, " "), /* U+2003 em space */
    SEQUENCE("\xe2\x80\x87", NO_BREAK_SPACE, " "), /* U+2007 figure space */
    SEQUENCE("\xe2\x80\x89", NO_BREAK_SPACE, " "), /* U+2009 thin space */
    SEQUENCE("\xe2\x80\xaf", NO_BREAK_SPACE, " "), /* U+202F narrow no-break space */
    SEQUENCE("\xe3\x80\x80", NO_BREAK_SPACE, " "), /* U+3000 ideographic space */
    SEQUENCE("\xef\xbb\xbf", INVISIBLE, ""),       /* U+FEFF byte order mark */
    SEQUENCE("\xe2\x80\x8b", INVISIBLE, ""),       /* U+200B zero-width space */
    SEQUENCE("\xe2\x80\x8c", INVISIBLE, ""),       /* U+200C zero-width non-joiner */
    SEQUENCE("\xe2\x80\x8d", INVISIBLE, ""),       /* U+200D zero-width joiner */
    SEQUENCE("\xe2\x80\x8e", INVISIBLE, ""),       /* U+200E left-to-right mark */
    SEQUENCE("\xe2\x80\x8f", INVISIBLE, ""),       /* U+200F right-to-left mark */
    SEQUENCE("\xe2\x80\xaa", INVISIBLE, ""),       /* U+202A left-to-right embedding */
    SEQUENCE("\xe2\x80\xac", INVISIBLE, ""),       /* U+202C pop directional formatting */
    SEQUENCE("\xe2\x80\xad", INVISIBLE, ""),       /* U+202D left-to-right override */
    SEQUENCE("\xe2\x80\xae", INVISIBLE, ""),       /* U+202E right-to-left override */
    SEQUENCE("\xe2\x81\xa0", INVISIBLE, ""),       /* U+2060 word joiner */
    SEQUENCE("\xc2\xad", INVISIBLE, ""),           /* U+00AD soft hyphen */
    /* what Cloudflare puts in the place of an address, and an address so that reading can go on */
    SEQUENCE("[email protected]", HIDDEN_ADDRESS, "address@example.com"),
    SEQUENCE("[email\xc2\xa0protected]", HIDDEN_ADDRESS, "address@example.com"),
    SEQUENCE("[email&#160;protected]", HIDDEN_ADDRESS, "address@example.com"),
    SEQUENCE("\\\\;", ESCAPED_SEMICOLON, ";"),
    SEQUENCE("\\;", ESCAPED_SEMICOLON, ";"),
    { { NULL, 0 }, MS_FINDING_KINDS, NULL },
};

/* May a sequence of the table start with it? */
static bool may_start(char c)
{
    return (unsigned char)c >= 0xc2 || c == '&' || c == '<' || c == '[' || c == '\\';
}

/* ---- A line of a zone file: owner [TTL] [IN] TXT "…" "…" */

static ms_span skip_space(ms_span s)
{
    while (s.n > 0 && ms_is_fws(s.p[0]))
        s = ms_span_behind(s, 1);
    return s;
}

static ms_span take_word(ms_span *rest)
{
    ms_span word = skip_space(*rest);
    size_t n = 0;

    while (n < word.n && !ms_is_fws(word.p[n]))
        n++;
    *rest = ms_span_behind(word, n);
    return ms_span_of(word.p, n);
}

/* Behind the word TXT, where that is among the first four words and nothing before it looks like a tag. */
static bool find_rdata(ms_span text, ms_span *rdata)
{
    ms_span rest = text;

    for (int i = 0; i < 4; i++) {
        ms_span word = take_word(&rest);

        if (word.n == 0 || memchr(word.p, '=', word.n) != NULL || memchr(word.p, ';', word.n) != NULL)
            return false;
        if (ms_span_ieq(word, MS_LIT("TXT")) && rest.n > 0) {
            *rdata = skip_space(rest);
            return true;
        }
    }
    return false;
}

/* One quoted string, from behind its opening quote to behind its closing one. */
static ms_span unquote(ms_span s, ms_buf *out)
{
    while (s.n > 0 && s.p[0] != '"') {
        if (s.p[0] == '\\' && s.n > 1)
            s = ms_span_behind(s, 1);
        ms_buf_add_char(out, s.p[0]);
        s = ms_span_behind(s, 1);
    }
    return s.n > 0 ? ms_span_behind(s, 1) : s;
}

/* The text of a TXT record's data as a zone file has it, in parentheses or not, with a comment behind it or not. */
static void unwrap(ms_span rdata, ms_buf *out)
{
    ms_span s = rdata;

    if (s.n > 0 && s.p[0] == '(')
        s = skip_space(ms_span_behind(s, 1));
    if (s.n == 0 || s.p[0] != '"') {
        ms_buf_add_span(out, s);
        return;
    }
    while (s.n > 0 && s.p[0] == '"')
        s = skip_space(unquote(ms_span_behind(s, 1), out));
}

/* ---- The pass over the octets */

typedef struct pass {
    ms_span rest;
    const char *free_tag;
    ms_buf *out;
    ms_findings *findings;
} pass;

/* Replaces the next n octets by what was meant. */
static void replace(pass *p, size_t n, ms_finding_code code, const char *meant)
{
    ms_findings_add_once(p->findings, code, ms_span_of(p->rest.p, n));
    ms_buf_add_str(p->out, meant);
    p->rest = ms_span_behind(p->rest, n);
}

static const sequence *find_sequence(ms_span rest)
{
    const sequence *s = sequences;

    while (s->meant != NULL && !ms_span_istarts(rest, s->octets))
        s++;
    return s->meant != NULL ? s : NULL;
}

/* A quote, with a backslash before it or not, and with it all up to the quote that opens the next string; or a
 * single quote at either end of the text. */
static bool mend_quotes(pass *p)
{
    ms_span s = p->rest, next;

    if (s.p[0] == '\\' && s.n > 1)
        s = ms_span_behind(s, 1);
    if (s.p[0] == '\'' && (p->out->n == 0 || s.n == 1)) {
        replace(p, p->rest.n - s.n + 1, MS_FINDING_PASTED_QUOTES, "");
        return true;
    }
    if (s.p[0] != '"')
        return false;
    s = ms_span_behind(s, 1);
    next = skip_space(s);
    if (next.n > 0 && next.p[0] == '"')
        s = ms_span_behind(next, 1);
    replace(p, p->rest.n - s.n, MS_FINDING_PASTED_QUOTES, "");
    return true;
}

/* Line breaks and control characters; TAB and folding white space (RFC 6376 §2.8) are none. */
static bool mend_control(pass *p)
{
    ms_span s = p->rest;
    bool crlf = s.n >= 2 && s.p[0] == '\r' && s.p[1] == '\n';

    if (((unsigned char)s.p[0] >= 0x20 && s.p[0] != 0x7f) || s.p[0] == '\t')
        return false;
    if (crlf && s.n >= 3 && ms_is_wsp(s.p[2])) {
        ms_buf_add(p->out, s.p, 3);
        p->rest = ms_span_behind(s, 3);
    } else if (s.p[0] == '\r' || s.p[0] == '\n') {
        replace(p, crlf ? 2 : 1, MS_FINDING_PASTED_LINE_BREAK, " ");
    } else {
        replace(p, 1, MS_FINDING_PASTED_CONTROL, "");
    }
    return true;
}

/* Where a tag starts: is it the one in which people write what they like? */
static bool at_free_tag(const pass *p)
{
    ms_span rest, piece = ms_span_of(p->rest.p, p->rest.n < 80 ? p->rest.n : 80);

    if (p->free_tag == NULL)
        return false;
    piece = ms_span_cut(piece, '=', &rest);
    return rest.p != NULL && ms_span_eq(ms_span_trim(piece), ms_span_str(p->free_tag));
}

static bool mend_one(pass *p, bool is_free)
{
    const sequence *s;

    if (mend_control(p))
        return true;
    if (is_free)
        return false;
    if (mend_quotes(p))
        return true;
    s = may_start(p->rest.p[0]) ? find_sequence(p->rest) : NULL;
    if (s == NULL)
        return false;
    replace(p, s->octets.n, s->code, s->meant);
    return true;
}

void ms_paste_mend(ms_span text, const char *free_tag, ms_buf *out, ms_findings *findings)
{
    ms_buf unwrapped = { 0 };
    ms_span rdata;
    pass p = { .rest = text, .free_tag = free_tag, .out = out, .findings = findings };
    bool is_free;

    if (find_rdata(text, &rdata)) {
        ms_findings_add(findings, MS_FINDING_PASTED_ZONE_LINE, text);
        unwrap(rdata, &unwrapped);
        p.rest = ms_buf_span(&unwrapped);
    }
    is_free = at_free_tag(&p);
    while (p.rest.n > 0 && !out->failed) {
        if (mend_one(&p, is_free))
            continue;
        ms_buf_add_char(out, p.rest.p[0]);
        p.rest = ms_span_behind(p.rest, 1);
        if (p.rest.n > 0 && p.rest.p[-1] == ';')
            is_free = at_free_tag(&p);
    }
    out->failed = out->failed || unwrapped.failed;
    ms_buf_free(&unwrapped);
}

void ms_paste_join(const ms_span *strings, size_t n, ms_buf *out, ms_findings *findings)
{
    for (size_t i = 0; i < n; i++) {
        if (n > 1 && strings[i].n > MS_TXT_STRING_MAX)
            ms_findings_add_once(findings, MS_FINDING_TXT_STRING_TOO_LONG, strings[i]);
        ms_buf_add_span(out, strings[i]);
    }
}
