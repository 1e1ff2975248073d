/* tags_lint.c: what is wrong with a list of tags, whatever the kind of record. See tags_lint.h.
 *
 * Linear in the size of the text: a name is compared with a few known ones, and at most MS_TAGS_MAX tags are kept.
 */
#include "record/tags_lint.h"

#include "record/paste.h"
#include "record/uri.h"

typedef struct cutter {
    const ms_tag_rules *rules;
    ms_tag_list *list;
    ms_findings *findings;
    ms_span text;
    bool twice; /* the list has begun anew */
} cutter;

/* A slip for which readers throw a list away, or, the tolerant ones, the piece. */
static void add(cutter *c, ms_finding_code code, ms_span found)
{
    ms_findings_add_as(c->findings, code, c->rules->tolerant ? MS_WARNING : MS_ERROR, found);
}

static void add_once(cutter *c, ms_finding_code code, ms_span found)
{
    if (!ms_findings_has(c->findings, code))
        add(c, code, found);
}

/* ---- Names */

static bool may_be_in_name(const ms_tag_rules *rules, char c)
{
    return ms_is_alpha(c) || ms_is_digit(c) || (c != '\0' && strchr(rules->name_marks, c) != NULL);
}

static bool is_name(const ms_tag_rules *rules, ms_span name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!may_be_in_name(rules, name.p[i]))
            return false;
    return name.n > 0 && (rules->name_max == 0 || name.n <= rules->name_max) &&
           (ms_is_alpha(name.p[0]) || (rules->digit_first && ms_is_digit(name.p[0])));
}

/* The known name that `name` is but for its case; empty where there is none. */
static ms_span known_name(const ms_tag_rules *rules, ms_span name)
{
    for (ms_span rest = ms_span_str(rules->names); rest.p != NULL;) {
        ms_span known = ms_span_cut(rest, ' ', &rest);

        if (ms_span_ieq(known, name))
            return known;
    }
    return MS_LIT("");
}

bool ms_tag_is_known(const ms_tag_rules *rules, ms_span name)
{
    return known_name(rules, name).n > 0;
}

static ms_span mend_name(cutter *c, ms_span name)
{
    ms_span known = known_name(c->rules, name);

    if (known.n == 0)
        return name;
    if (!c->rules->any_case && !ms_span_eq(known, name))
        add(c, MS_FINDING_TAG_CASE, name);
    return known;
}

/* ---- Semicolons that are missing */

/* Does a tag start at `s` that no semicolon separates from what stands before: "k=rsa", not the "k=" in which base64
 * may end? */
static bool tag_starts(const ms_tag_rules *rules, ms_span s)
{
    size_t i = 0;
    ms_span name;

    while (i < s.n && i < 16 && may_be_in_name(rules, s.p[i]))
        i++;
    name = ms_span_of(s.p, i);
    while (i < s.n && ms_is_wsp(s.p[i]))
        i++;
    return i + 1 < s.n && s.p[i] == '=' && s.p[i + 1] != '=' && !ms_is_fws(s.p[i + 1]) && known_name(rules, name).n > 0;
}

/* Where a further tag starts in `piece`, behind white space or a comma; piece.n where none does. */
static size_t next_tag(const ms_tag_rules *rules, ms_span piece)
{
    for (size_t i = 1; i < piece.n; i++)
        if ((ms_is_fws(piece.p[i - 1]) || piece.p[i - 1] == ',') && !ms_is_fws(piece.p[i]) &&
            tag_starts(rules, ms_span_behind(piece, i)))
            return i;
    return piece.n;
}

/* ---- Tags */

static bool is_free(const ms_tag_rules *rules, ms_span name)
{
    return rules->free_tag != NULL && ms_span_eq(name, ms_span_str(rules->free_tag));
}

/* White space beside the "=" of a tag is allowed but in the kinds that say otherwise. */
static void look_at_space(cutter *c, ms_span name, const ms_lint_tag *tag)
{
    if (tag->name.n == name.n && (tag->value.n == 0 || !ms_is_fws(tag->value.p[0])))
        return;
    if (c->rules->tight)
        add_once(c, MS_FINDING_TAG_SPACE_AROUND_EQUALS, tag->piece);
    else
        ms_findings_add_once(c->findings, MS_FINDING_TAG_SPACE_AROUND_EQUALS, tag->piece);
}

/* Printing characters but ";", and but "=" where the tag is not one of the kind's own (RFC 8460 §3, RFC 8461 §3.1). */
static bool is_tight_value(const ms_tag_rules *rules, const ms_lint_tag *tag)
{
    bool known = ms_tag_is_known(rules, tag->name);
    ms_span value = tag->value;

    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] <= 0x20 || value.p[i] > 0x7e || (value.p[i] == '=' && !known))
            return false;
    return value.n > 0;
}

/* Does the whole list begin anew with this v=, and go on behind it? */
static bool begins_anew(const cutter *c, const ms_lint_tag *tag)
{
    ms_span behind = ms_span_behind(c->text, (size_t)(tag->piece.p - c->text.p) + tag->piece.n);

    return ms_span_eq(tag->name, MS_LIT("v")) && ms_span_eq(c->list->tag[0].name, tag->name) && behind.n > 0 &&
           memchr(behind.p, '=', behind.n) != NULL;
}

/* Of a record that was pasted twice nobody wants to read that each of its tags occurs twice. */
static void look_at_duplicate(cutter *c, const ms_lint_tag *tag)
{
    ms_severity severity = c->rules->first_counts || c->rules->tolerant ? MS_WARNING : MS_ERROR;

    if (!c->twice && begins_anew(c, tag)) {
        c->twice = true;
        ms_findings_add_as(c->findings, MS_FINDING_TAGS_TWICE, severity,
                           ms_span_behind(c->text, (size_t)(tag->piece.p - c->text.p)));
    } else if (!c->twice) {
        ms_findings_add_as(c->findings, MS_FINDING_TAG_DUPLICATE, severity, tag->name);
    }
    if (c->rules->tight && !is_tight_value(c->rules, tag))
        add(c, MS_FINDING_TAG_BAD_VALUE, tag->piece);
}

static void keep(cutter *c, const ms_lint_tag *tag)
{
    for (size_t i = 0; i < c->list->n; i++)
        if (ms_span_eq(c->list->tag[i].name, tag->name)) {
            look_at_duplicate(c, tag);
            return;
        }
    if (c->list->n == MS_TAGS_MAX)
        add_once(c, MS_FINDING_TAGS_TOO_MANY, tag->piece);
    else
        c->list->tag[c->list->n++] = *tag;
}

/* Cuts a tag at its "=", or at a colon that was put in the place of one, as in "p:none". */
static ms_span cut_tag(cutter *c, ms_lint_tag *tag)
{
    ms_span value, name = ms_span_cut(tag->piece, ':', &value);

    if (value.p == NULL || known_name(c->rules, ms_span_trim(name)).n == 0)
        return ms_span_cut(tag->piece, '=', &tag->value);
    add(c, MS_FINDING_TAG_COLON, tag->piece);
    tag->value = ms_span_trim(value);
    return ms_span_trim(name);
}

static void add_tag(cutter *c, ms_span piece)
{
    ms_lint_tag tag = { .piece = ms_span_trim(piece) };
    ms_span name = cut_tag(c, &tag);

    if (tag.value.p == NULL) {
        add(c, MS_FINDING_TAG_NO_EQUALS, tag.piece);
        return;
    }
    tag.name = ms_span_trim(name);
    if (!is_name(c->rules, tag.name)) {
        add(c, MS_FINDING_TAG_BAD_NAME, tag.piece);
        return;
    }
    look_at_space(c, name, &tag);
    tag.name = mend_name(c, tag.name);
    tag.value = ms_span_trim(tag.value);
    if (c->rules->ascii && !is_free(c->rules, tag.name) && !ms_is_ascii(tag.value))
        add(c, MS_FINDING_TAG_NOT_ASCII, tag.piece);
    keep(c, &tag);
}

/* A piece between semicolons, which holds several tags where semicolons are missing. Free text is not looked into. */
static void cut_piece(cutter *c, ms_span piece)
{
    ms_span rest, name = ms_span_trim(ms_span_cut(piece, '=', &rest));
    size_t at = is_free(c->rules, name) ? piece.n : next_tag(c->rules, piece);

    while (at < piece.n) {
        ms_span tag_before = ms_span_trim(ms_span_of(piece.p, at));

        if (tag_before.n > 0)
            add_once(c, MS_FINDING_TAG_MISSING_SEMICOLON, ms_span_behind(piece, at));
        if (tag_before.n > 0 && (tag_before.p[tag_before.n - 1] == ',' || tag_before.p[tag_before.n - 1] == ':'))
            tag_before.n--;
        if (ms_span_trim(tag_before).n > 0)
            add_tag(c, tag_before);
        piece = ms_span_behind(piece, at);
        at = next_tag(c->rules, piece);
    }
    add_tag(c, piece);
}

/* ---- The whole */

/* A text of 100,000 pieces is not looked at any longer once it is clear that it is wrong. */
void ms_tags_lint(const ms_tag_rules *rules, ms_span text, ms_tag_list *list, ms_findings *findings)
{
    enum { PIECES = 4 * MS_TAGS_MAX };
    cutter c = { .rules = rules, .list = list, .findings = findings, .text = text };
    ms_span rest = text;

    list->n = 0;
    for (size_t pieces = 0; rest.p != NULL; pieces++) {
        ms_span piece = ms_span_cut(rest, ';', &rest);

        if (pieces == PIECES) {
            add_once(&c, MS_FINDING_TAGS_TOO_MANY, piece);
            return;
        }
        if (ms_span_trim(piece).n > 0)
            cut_piece(&c, piece);
        else if (rest.p != NULL)
            add_once(&c, MS_FINDING_TAG_EMPTY, ms_span_of(text.p, (size_t)(rest.p - text.p)));
    }
}

static bool has_line_break(ms_span s)
{
    return s.n > 0 && (memchr(s.p, '\r', s.n) != NULL || memchr(s.p, '\n', s.n) != NULL);
}

bool ms_tags_lint_strings(const ms_tag_rules *rules, const ms_span *strings, size_t n, ms_buf *text, ms_tag_list *list,
                          ms_findings *findings)
{
    ms_buf joined = { 0 };

    ms_paste_join(strings, n, &joined, findings);
    ms_paste_mend(ms_buf_span(&joined), rules->free_tag, text, findings);
    text->failed = text->failed || joined.failed;
    ms_buf_free(&joined);
    if (text->failed)
        return false;
    if (rules->tight && has_line_break(ms_buf_span(text)))
        ms_findings_add_once(findings, MS_FINDING_PASTED_LINE_BREAK, MS_LIT("\r\n"));
    ms_tags_lint(rules, ms_span_trim(ms_buf_span(text)), list, findings);
    return !findings->failed;
}

const ms_lint_tag *ms_tag_list_find(const ms_tag_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (ms_span_eq(list->tag[i].name, ms_span_str(name)))
            return &list->tag[i];
    return NULL;
}

void ms_tag_list_unknown(const ms_tag_rules *rules, const ms_tag_list *list, ms_findings *findings)
{
    for (size_t i = 0; i < list->n; i++) {
        const ms_lint_tag *tag = &list->tag[i];

        if (ms_tag_is_known(rules, tag->name))
            continue;
        if (rules->tight && !is_tight_value(rules, tag))
            ms_findings_add(findings, MS_FINDING_TAG_BAD_VALUE, tag->piece);
        ms_findings_add(findings, MS_FINDING_TAG_UNKNOWN, tag->name);
    }
}

void ms_tags_lint_addresses(ms_findings *findings, ms_finding_code code)
{
    for (size_t i = 0; i < findings->n; i++) {
        ms_span piece = ms_findings_found(findings, i);

        if (findings->finding[i].code == MS_FINDING_TAG_NO_EQUALS &&
            (ms_span_istarts(piece, MS_LIT("mailto:")) || ms_uri_is_address(piece)))
            findings->finding[i].code = code;
    }
}
