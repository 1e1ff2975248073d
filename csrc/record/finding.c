/* finding.c: what a lint has to say about a record. See finding.h; the catalogue is findings.def. */
#include "record/finding.h"

#include "base/utf8.h"

#include <stdlib.h>

static const ms_finding_kind catalogue[] = {
#define FINDING(name, code, severity, cause, cure) { code, severity, cause, cure },
#include "record/findings.def"
#undef FINDING
};

const ms_finding_kind *ms_finding_kind_of(ms_finding_code code)
{
    return &catalogue[code];
}

const char *ms_severity_name(ms_severity severity)
{
    static const char *const name[] = {
        [MS_ERROR] = "error",
        [MS_WARNING] = "warning",
        [MS_ADVICE] = "advice",
        [MS_PENDING] = "pending",
    };

    return name[severity];
}

static bool make_room(ms_findings *findings)
{
    size_t cap = findings->cap ? findings->cap * 2 : 8;
    ms_finding *finding;

    if (findings->n < findings->cap)
        return true;
    finding = realloc(findings->finding, cap * sizeof *finding);
    if (finding == NULL)
        return false;
    findings->finding = finding;
    findings->cap = cap;
    return true;
}

void ms_findings_add(ms_findings *findings, ms_finding_code code, ms_span found)
{
    ms_findings_add_as(findings, code, catalogue[code].severity, found);
}

void ms_findings_add_as(ms_findings *findings, ms_finding_code code, ms_severity severity, ms_span found)
{
    ms_finding finding = { .code = code, .severity = severity, .at = findings->found.n, .n = found.n };

    if (finding.n > MS_FOUND_MAX)
        finding.n = MS_FOUND_MAX;
    findings->has_error = findings->has_error || severity == MS_ERROR;
    if (findings->n >= (severity == MS_ERROR ? MS_FINDINGS_MAX : MS_FINDINGS_MAX / 2))
        return;
    ms_buf_add(&findings->found, found.p, finding.n);
    if (findings->found.failed || !make_room(findings))
        findings->failed = true;
    else
        findings->finding[findings->n++] = finding;
}

void ms_findings_add_once(ms_findings *findings, ms_finding_code code, ms_span found)
{
    if (!ms_findings_has(findings, code))
        ms_findings_add(findings, code, found);
}

bool ms_findings_has(const ms_findings *findings, ms_finding_code code)
{
    for (size_t i = 0; i < findings->n; i++)
        if (findings->finding[i].code == code)
            return true;
    return false;
}

ms_span ms_findings_found(const ms_findings *findings, size_t index)
{
    const ms_finding *finding = &findings->finding[index];

    return finding->n > 0 ? ms_span_of(findings->found.p + finding->at, finding->n) : MS_LIT("");
}

void ms_findings_free(ms_findings *findings)
{
    free(findings->finding);
    ms_buf_free(&findings->found);
    *findings = (ms_findings){ 0 };
}

static void add_octet(ms_buf *out, unsigned char octet)
{
    ms_buf_add_char(out, '\\');
    ms_buf_add_char(out, (char)('0' + octet / 100));
    ms_buf_add_char(out, (char)('0' + octet / 10 % 10));
    ms_buf_add_char(out, (char)('0' + octet % 10));
}

static void add_code_point(ms_buf *out, uint32_t code)
{
    static const char digit[] = "0123456789ABCDEF";

    ms_buf_add_str(out, "U+");
    for (int shift = code > 0xffff ? 20 : 12; shift >= 0; shift -= 4)
        ms_buf_add_char(out, digit[code >> shift & 15]);
}

/* The piece found, made printable; what is long is cut, for it stands inside a sentence. */
static void add_printable(ms_buf *out, ms_span text)
{
    const size_t longest = 60;
    size_t start = out->n;

    while (text.n > 0 && out->n - start < longest) {
        uint32_t code;
        unsigned char c = (unsigned char)*text.p;

        if (c >= 0x80 && ms_utf8_take(&text, &code)) {
            add_code_point(out, code);
            continue;
        }
        if (c >= 0x20 && c < 0x7f)
            ms_buf_add_char(out, (char)c);
        else
            add_octet(out, c);
        text.p++;
        text.n--;
        if (out->failed)
            return;
    }
    if (text.n > 0)
        ms_buf_add_str(out, "...");
}

void ms_finding_message(const ms_findings *findings, size_t index, ms_buf *out)
{
    ms_span rest = ms_span_str(ms_finding_kind_of(findings->finding[index].code)->cause);
    ms_span before = ms_span_cut(rest, '{', &rest);
    ms_span found = ms_findings_found(findings, index);
    bool alone = before.n > 1 && before.p[before.n - 1] == '(' && rest.n > 1 && rest.p[1] == ')';

    if (found.n == 0 && alone) { /* an empty pair of parentheses says nothing: " ({})" goes */
        ms_buf_add(out, before.p, before.n - 2);
        ms_buf_add(out, rest.p + 2, rest.n - 2);
        return;
    }
    ms_buf_add_span(out, before);
    if (rest.p == NULL)
        return;
    add_printable(out, found);
    ms_buf_add(out, rest.p + 1, rest.n - 1);
}
