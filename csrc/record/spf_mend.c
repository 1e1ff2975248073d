/* spf_mend.c: an SPF record's text as it was meant. See spf_lint.h.
 *
 * First the version, then one walk over the words of the text, which takes commas for spaces, joins the pieces of a
 * term that spaces part, and parts terms that run into each other.
 */
#include "record/spf_lint.h"
#include "record/spf_words.h"

typedef struct mender {
    ms_span rest;
    const char *start;      /* of the text */
    const ms_span *strings; /* of the TXT record, those not yet passed */
    size_t n;
    size_t boundary;  /* where the first of them ends */
    bool unversioned; /* the text does not begin with v=spf1; that may stand elsewhere */
    ms_buf *out;
    ms_findings *findings;
} mender;

/* Does a string of the TXT record end right before `p`, which lies behind where it was asked before? */
static bool at_boundary(mender *m, const char *p)
{
    size_t at = (size_t)(p - m->start);

    while (m->boundary < at && m->n > 1) {
        m->strings++;
        m->n--;
        m->boundary += m->strings->n;
    }
    return m->boundary == at && m->n > 0;
}

/* ---- The version */

/* A text that begins with v=spf1, but not with that alone. */
static void part_version(mender *m, ms_span behind)
{
    bool joined = at_boundary(m, behind.p);

    ms_spf_add(m->findings, joined ? MS_FINDING_SPF_STRINGS_JOINED : MS_FINDING_SPF_MISSING_SPACE,
               ms_spf_word_of(behind));
    m->rest = behind;
}

/* A text with terms that does not begin with a version: that stands behind something else, or is not there. */
static void take_front(mender *m, ms_span word)
{
    size_t n = ms_spf_find_version(m->rest);
    ms_span front = ms_span_of(m->rest.p, n);

    m->unversioned = true;
    if (n == 0 || ms_spf_has_sure_term(front)) {
        ms_spf_add(m->findings, MS_FINDING_SPF_MISSING_VERSION, word);
        return;
    }
    ms_spf_add(m->findings, MS_FINDING_SPF_LEADING_TEXT, ms_span_trim(front));
    m->rest = ms_span_behind(m->rest, n);
}

/* Takes the version off; false where the text is no SPF record. */
static bool take_version(mender *m)
{
    const ms_span version = MS_LIT("v=spf1");
    ms_span text = m->rest, word = ms_spf_word_of(text);
    bool begins = ms_span_istarts(text, version);
    size_t n = ms_spf_meant_version(text);

    if (begins && ms_spf_is_version_end(ms_span_behind(text, version.n))) {
        if (!ms_span_eq(ms_span_of(text.p, version.n), version))
            ms_spf_add(m->findings, MS_FINDING_SPF_UPPERCASE, word);
        m->rest = ms_span_behind(text, version.n);
    } else if (ms_span_istarts(text, MS_LIT("spf2.0/")) || ms_span_istarts(text, MS_LIT("v=spf2.0/"))) {
        ms_spf_add(m->findings, MS_FINDING_SPF_SENDER_ID, word);
        return false;
    } else if (n > 0 || (ms_span_istarts(text, MS_LIT("v=")) && !begins && ms_spf_has_sure_term(text))) {
        n = n > 0 ? n : word.n;
        ms_spf_add(m->findings, MS_FINDING_SPF_WRONG_VERSION, ms_span_of(text.p, n));
        m->rest = ms_span_behind(text, n);
        m->unversioned = true;
    } else if (begins) {
        part_version(m, ms_span_behind(text, version.n));
    } else if (ms_spf_has_sure_term(text)) {
        take_front(m, word);
    } else {
        ms_spf_add(m->findings, MS_FINDING_SPF_NOT_A_RECORD, text);
        return false;
    }
    ms_buf_add_span(m->out, version);
    return true;
}

/* ---- Words */

/* A name that stands alone; in a macro, a comma is followed by none. */
static bool is_bare_name(ms_span word)
{
    ms_spf_letters letters;

    return word.n > 0 && (ms_is_alpha(word.p[0]) || ms_is_digit(word.p[0]) || word.p[0] == '_') &&
           ms_spf_domain_spec(word, &letters) == MS_SPF_FINE;
}

/* A comma parts terms where it ends a word, or another term, an address or a name follows; elsewhere it is part of one.
 */
static bool ends_word(ms_span s)
{
    ms_span behind, word;

    if (s.p[0] != ',' && s.p[0] != ';')
        return ms_is_fws(s.p[0]);
    behind = ms_span_behind(s, 1);
    word = ms_spf_word_of(behind);
    return ms_spf_is_version_end(behind) || ms_spf_starts_term(behind) || ms_spf_is_address(word) || is_bare_name(word);
}

static ms_span take_word(mender *m)
{
    size_t n = 0;

    while (n < m->rest.n && !ends_word(ms_span_behind(m->rest, n)))
        n++;
    m->rest = ms_span_behind(m->rest, n);
    return ms_span_of(m->rest.p - n, n);
}

static void skip_separators(mender *m)
{
    for (; m->rest.n > 0 && ends_word(m->rest); m->rest = ms_span_behind(m->rest, 1)) {
        ms_span separator = ms_span_of(m->rest.p, 1);

        if (separator.p[0] == '\t')
            ms_findings_add_once(m->findings, MS_FINDING_SPF_TAB, MS_LIT(""));
        else if (separator.p[0] == '\r' || separator.p[0] == '\n')
            ms_findings_add_once(m->findings, MS_FINDING_PASTED_LINE_BREAK, separator);
        else if (separator.p[0] != ' ')
            ms_findings_add_once(m->findings, MS_FINDING_SPF_COMMA, separator);
    }
}

/* ---- Writing */

/* How many of the first n octets of a word are a term: what people put between two goes. */
static size_t without_sign(ms_span word, size_t n)
{
    while (n > 1 &&
           (strchr("&|/", word.p[n - 1]) != NULL || (word.p[n - 1] == ':' && memchr(word.p, ':', n - 1) != NULL)))
        n--;
    return n;
}

/* Writes a word, and a space where another term starts inside it. */
static void add_word(mender *m, ms_span word)
{
    bool in_ip4 = ms_span_istarts(ms_spf_skip_qualifier(word), MS_LIT("ip4:"));
    size_t n, i = 1 + (word.n > 0 && ms_spf_is_qualifier(word.p[0]));
    char sign = ms_spf_typographic_sign(word, &n);
    ms_spf_term term;

    if (sign != '\0') {
        ms_spf_add(m->findings, MS_FINDING_SPF_TYPOGRAPHIC_SIGN, ms_span_of(word.p, n));
        ms_buf_add_char(m->out, sign);
        word = ms_span_behind(word, n);
    }
    ms_spf_term_read(word, &term);
    for (; i < word.n; i++) {
        ms_span tail = ms_span_behind(word, i);
        bool joined = at_boundary(m, tail.p);

        if (ms_spf_runs_into(tail, word.p[i - 1], in_ip4) ||
            (joined && term.fault != MS_SPF_FINE && ms_spf_starts_term(tail))) {
            ms_spf_add(m->findings, joined ? MS_FINDING_SPF_STRINGS_JOINED : MS_FINDING_SPF_MISSING_SPACE, tail);
            ms_buf_add(m->out, word.p, without_sign(word, i));
            ms_buf_add_char(m->out, ' ');
            word = tail;
            in_ip4 = ms_span_istarts(ms_spf_skip_qualifier(word), MS_LIT("ip4:"));
            i = ms_spf_is_qualifier(word.p[0]);
        }
    }
    ms_buf_add_span(m->out, word);
}

/* Takes what stands behind a name to which no sign joins it, and writes both; false where there is none. */
static bool take_apart(mender *m, ms_span name)
{
    ms_span behind = m->rest;
    char sign;

    while (behind.n > 0 && ms_spf_is_separator(behind.p[0]))
        behind = ms_span_behind(behind, 1);
    sign = ms_spf_missing_sign(name, ms_spf_word_of(behind));
    if (sign == '\0')
        return false;
    m->rest = behind;
    ms_buf_add_span(m->out, name);
    ms_buf_add_char(m->out, sign);
    add_word(m, take_word(m));
    ms_spf_add(m->findings, MS_FINDING_SPF_MISSING_COLON, ms_span_of(name.p, (size_t)(m->rest.p - name.p)));
    return true;
}

static void take_term(mender *m)
{
    const char *start = m->rest.p;
    ms_span word = take_word(m), next = ms_spf_skip_space(m->rest);
    bool apart = false;

    if (m->unversioned && ms_span_ieq(word, MS_LIT("v=spf1")))
        return;
    if (ms_spf_is_other_version(word)) {
        ms_spf_add(m->findings, MS_FINDING_SPF_OTHER_RECORD, word);
        m->rest = ms_span_behind(m->rest, m->rest.n);
        return;
    }
    ms_buf_add_char(m->out, ' ');
    if (take_apart(m, word))
        return;
    while (ms_spf_belong_together(word, ms_spf_word_of(next))) {
        add_word(m, word);
        m->rest = next;
        word = take_word(m);
        next = ms_spf_skip_space(m->rest);
        apart = true;
    }
    add_word(m, word);
    if (apart)
        ms_spf_add(m->findings, MS_FINDING_SPF_SPACE_INSIDE, ms_span_of(start, (size_t)(m->rest.p - start)));
}

bool ms_spf_mend(ms_span text, const ms_span *strings, size_t n, ms_buf *out, ms_findings *findings)
{
    mender m = { .start = text.p, .strings = strings, .n = n, .out = out, .findings = findings };

    m.boundary = n > 0 ? strings->n : 0;
    m.rest = ms_span_trim(text);
    if (m.rest.n > 0 && m.rest.p != text.p)
        ms_spf_add(findings, MS_FINDING_SPF_LEADING_SPACE, MS_LIT(""));
    m.rest = ms_span_behind(text, (size_t)(m.rest.p - text.p));
    if (!take_version(&m))
        return false;
    for (skip_separators(&m); m.rest.n > 0 && !out->failed; skip_separators(&m))
        take_term(&m);
    return true;
}
