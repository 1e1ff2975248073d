/* tag_kind.c: the lists of tags that begin with v=: is the text one of its kind, and does it say so? See tags_lint.h.
 */
#include "record/tags_lint.h"

static bool is_meant(const ms_tag_kind *kind, const ms_lint_tag *v, const ms_tag_list *list)
{
    if (v == NULL)
        return ms_tag_list_find(list, kind->main) != NULL;
    return ms_span_istarts(v->value, ms_span_str(kind->stem));
}

/* White space in front of the list, or of its first semicolon. */
static bool is_loose(ms_span text)
{
    ms_span rest, first = ms_span_cut(text, ';', &rest);

    return first.n > 0 && (ms_is_fws(first.p[0]) || (rest.p != NULL && ms_is_fws(first.p[first.n - 1])));
}

static void look_at_version(const ms_tag_kind *kind, const ms_lint_tag *v, ms_span text, const ms_tag_list *list,
                            ms_findings *findings)
{
    ms_span rest;

    if (v == NULL || v != list->tag || !ms_span_eq(v->value, ms_span_str(kind->version)))
        ms_findings_add(findings, kind->bad_version, list->tag[0].piece);
    else if (kind->rules.tight && is_loose(text))
        ms_findings_add(findings, kind->bad_version, ms_span_cut(text, ';', &rest));
}

bool ms_tag_kind_lint(const ms_tag_kind *kind, const ms_span *strings, size_t n, ms_buf *text, ms_tag_list *list,
                      ms_findings *findings)
{
    size_t before = findings->n;
    const ms_lint_tag *v;

    if (!ms_tags_lint_strings(&kind->rules, strings, n, text, list, findings))
        return false;
    v = ms_tag_list_find(list, "v");
    if (is_meant(kind, v, list)) {
        look_at_version(kind, v, ms_buf_span(text), list, findings);
    } else {
        findings->n = before;
        ms_findings_add(findings, kind->not_a_record, ms_span_trim(ms_buf_span(text)));
        list->n = 0;
    }
    return !findings->failed;
}
