/* dkim_key_lint.c: what is wrong with a DKIM key record's tags (RFC 6376 §3.2, §3.6.1). See dkim_key_lint.h.
 *
 * The text goes through four stages: out of its PEM armour, out of what pasting put in (paste.c),
 * cut into tags (tags_lint.c), and each tag looked at. Every stage mends what it reports, so that the next sees
 * what was meant. All are linear in the size of the text.
 */
#include "record/dkim_key_lint.h"

#include "record/dkim_key.h"
#include "record/paste.h"
#include "record/tags_lint.h"

static const ms_tag_rules rules = { .names = "v k h p s t n g", .free_tag = "n", .name_marks = "_" };

typedef struct lint {
    ms_findings *findings;
    ms_tag_list tags;
    bool cut; /* the text ends where a string of a TXT record is full */
} lint;

static void add(lint *l, ms_finding_code code, ms_span found)
{
    ms_findings_add(l->findings, code, found);
}

static const ms_lint_tag *find(const lint *l, const char *name)
{
    return ms_tag_list_find(&l->tags, name);
}

/* ---- PEM */

/* Where `needle` starts in `s`, or s.n. */
static size_t position(ms_span s, ms_span needle)
{
    for (size_t i = 0; i + needle.n <= s.n; i++) {
        const char *at = memchr(s.p + i, needle.p[0], s.n - i);

        if (at == NULL)
            break;
        i = (size_t)(at - s.p);
        if (ms_span_istarts(ms_span_behind(s, i), needle))
            return i;
    }
    return s.n;
}

/* "-----BEGIN PUBLIC KEY-----" off the start of *text, or END. */
static ms_span take_armour(ms_span *text)
{
    const ms_span dashes = MS_LIT("-----");
    ms_span inside = ms_span_behind(*text, dashes.n);
    size_t n = position(inside, dashes);
    ms_span armour = ms_span_of(text->p, n < inside.n ? n + 2 * dashes.n : text->n);

    *text = ms_span_behind(*text, armour.n);
    return armour;
}

/* Copies `text` to `out` without PEM's first and last line, and without the white space between them. */
static void mend_pem(lint *l, ms_span text, ms_buf *out)
{
    size_t at = position(text, MS_LIT("-----BEGIN "));
    ms_span armour;

    ms_buf_add(out, text.p, at);
    if (at == text.n)
        return;
    text = ms_span_behind(text, at);
    armour = take_armour(&text);
    if (position(armour, MS_LIT("PRIVATE KEY")) < armour.n)
        add(l, MS_FINDING_DKIM_PRIVATE_KEY, armour);
    else
        add(l, MS_FINDING_DKIM_PEM_HEADER, armour);
    at = position(text, MS_LIT("-----END "));
    for (size_t i = 0; i < at; i++)
        if (!ms_is_fws(text.p[i]))
            ms_buf_add_char(out, text.p[i]);
    text = ms_span_behind(text, at);
    if (text.n > 0)
        take_armour(&text);
    ms_buf_add_span(out, ms_span_trim(text));
}

/* Base64 and nothing else, long enough for a key: somebody left out the tags. */
static bool is_bare_key(ms_span text)
{
    size_t characters = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (ms_is_alpha(text.p[i]) || ms_is_digit(text.p[i]) || text.p[i] == '+' || text.p[i] == '/')
            characters++;
        else if (text.p[i] != '=' && !ms_is_fws(text.p[i]))
            return false;
    }
    return characters >= 40 && (text.p[0] == 'M' || text.n <= 44);
}

/* ---- Tags */

/* As ms_dkim_key_is_one, of what was meant; a long p= is a key whatever v= says. */
static bool is_key(const lint *l)
{
    const ms_lint_tag *v = find(l, "v"), *p = find(l, "p");

    if (find(l, "k") != NULL || (v != NULL && ms_span_istarts(v->value, MS_LIT("DKIM"))))
        return true;
    return p != NULL && (v == NULL || v != l->tags.tag || p->value.n >= 40);
}

/* ---- What each tag says */

static void check_version(lint *l)
{
    const ms_lint_tag *v = find(l, "v");

    if (v == NULL) {
        add(l, MS_FINDING_DKIM_MISSING_VERSION, MS_LIT(""));
        return;
    }
    if (v != l->tags.tag)
        add(l, MS_FINDING_DKIM_VERSION_NOT_FIRST, l->tags.tag[0].name);
    if (!ms_span_eq(v->value, MS_LIT("DKIM1")))
        add(l, MS_FINDING_DKIM_WRONG_VERSION, v->piece);
}

/* Does the list that `t` is name `word`, or `any`? Reports what is no list, once. */
static bool names(lint *l, const ms_lint_tag *t, const char *word, const char *any)
{
    bool named, named_any = false;

    if (!ms_dkim_key_list(t->value, ms_span_str(word), &named) ||
        (any != NULL && !ms_dkim_key_list(t->value, ms_span_str(any), &named_any))) {
        add(l, MS_FINDING_DKIM_BAD_LIST, t->piece);
        return true;
    }
    return named || named_any;
}

static void check_lists(lint *l)
{
    const ms_lint_tag *h = find(l, "h"), *s = find(l, "s"), *t = find(l, "t");
    bool strict;

    if (h != NULL && !names(l, h, "sha256", NULL))
        add(l, MS_FINDING_DKIM_HASH_EXCLUDED, h->piece);
    if (s != NULL && !names(l, s, "email", "*"))
        add(l, MS_FINDING_DKIM_SERVICE_EXCLUDES_EMAIL, s->piece);
    if (t == NULL)
        return;
    if (!ms_dkim_key_list(t->value, MS_LIT("s"), &strict)) {
        add(l, MS_FINDING_DKIM_BAD_LIST, t->piece);
        return;
    }
    if (names(l, t, "y", NULL))
        add(l, MS_FINDING_DKIM_TESTING, t->piece);
    if (strict)
        add(l, MS_FINDING_DKIM_STRICT, t->piece);
}

static void check_other_tags(lint *l)
{
    const ms_lint_tag *g = find(l, "g");

    if (g != NULL)
        add(l, MS_FINDING_DKIM_GRANULARITY, g->piece);
    ms_tag_list_unknown(&rules, &l->tags, l->findings);
}

/* False where the type is none that can be used. */
static bool check_key_type(lint *l, ms_key_type *type)
{
    const ms_lint_tag *k = find(l, "k");
    const ms_span rsa = MS_LIT("rsa"), ed25519 = MS_LIT("ed25519");

    *type = MS_KEY_RSA;
    if (k == NULL || ms_span_eq(k->value, rsa))
        return true;
    *type = ms_span_ieq(k->value, ed25519) ? MS_KEY_ED25519 : MS_KEY_RSA;
    if (ms_span_eq(k->value, ed25519))
        return true;
    if (ms_span_ieq(k->value, rsa) || ms_span_ieq(k->value, ed25519)) {
        add(l, MS_FINDING_DKIM_KEY_TYPE_CASE, k->piece);
        return true;
    }
    add(l, MS_FINDING_DKIM_UNKNOWN_KEY_TYPE, k->piece);
    return false;
}

/* False only when memory is out. */
static bool check_key(lint *l, ms_span text)
{
    const ms_lint_tag *k = find(l, "k"), *p = find(l, "p");
    ms_dkim_material material = { .cut = l->cut };
    bool usable = check_key_type(l, &material.type);

    if (p == NULL || p->value.n == 0) {
        add(l, p == NULL ? MS_FINDING_DKIM_MISSING_P : MS_FINDING_DKIM_REVOKED, p == NULL ? MS_LIT("") : p->piece);
        return true;
    }
    if (!usable)
        return true;
    material.k = k != NULL ? k->piece : MS_LIT("nothing of the type, which means k=rsa");
    material.p = p->value;
    material.before = (size_t)(p->value.p - text.p);
    return ms_dkim_key_material_lint(&material, l->findings);
}

/* ---- The whole */

static bool lint_mended(lint *l, ms_span text)
{
    size_t mark = l->findings->n;

    ms_tags_lint(&rules, text, &l->tags, l->findings);
    if (!is_key(l)) {
        l->findings->n = mark;
        add(l, MS_FINDING_DKIM_NOT_A_KEY, text);
        return true;
    }
    check_version(l);
    check_lists(l);
    check_other_tags(l);
    return check_key(l, text);
}

static bool lint_text(lint *l, ms_span text, ms_buf *inside, ms_buf *mended)
{
    ms_span meant;

    mend_pem(l, text, inside);
    if (ms_findings_has(l->findings, MS_FINDING_DKIM_PRIVATE_KEY))
        return true;
    ms_paste_mend(ms_buf_span(inside), "n", mended, l->findings);
    if (inside->failed || mended->failed)
        return false;
    meant = ms_span_trim(ms_buf_span(mended));
    if (is_bare_key(meant)) {
        if (!ms_findings_has(l->findings, MS_FINDING_DKIM_PEM_HEADER))
            add(l, MS_FINDING_DKIM_BARE_KEY, ms_span_of(meant.p, meant.n < 12 ? meant.n : 12));
        ms_buf_clear(inside);
        ms_buf_add_str(inside, meant.n > 60 ? "v=DKIM1; k=rsa; p=" : "v=DKIM1; k=ed25519; p=");
        ms_buf_add_span(inside, meant);
        meant = ms_buf_span(inside);
    }
    return !inside->failed && lint_mended(l, meant);
}

bool ms_dkim_key_lint(const ms_span *strings, size_t n, ms_findings *findings)
{
    lint l = { .findings = findings };
    ms_buf text = { 0 }, inside = { 0 }, mended = { 0 };
    bool ok;

    ms_paste_join(strings, n, &text, findings);
    l.cut = text.n == MS_TXT_STRING_MAX || (n > 1 && strings[n - 1].n == MS_TXT_STRING_MAX);
    ok = !text.failed && lint_text(&l, ms_buf_span(&text), &inside, &mended);
    ms_buf_free(&text);
    ms_buf_free(&inside);
    ms_buf_free(&mended);
    return ok && !findings->failed;
}
