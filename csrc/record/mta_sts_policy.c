/* mta_sts_policy.c: the MTA-STS policy. See mta_sts_policy.h.
 *
 * A line is cut off the text, mended, and its key looked at. All is linear in the size of the text.
 */
#include "record/mta_sts_policy.h"

#include "base/utf8.h"

enum { MAX_AGE_MAX = 31557600, DAY = 86400 };

typedef enum key { VERSION, MODE, MAX_AGE, MX, UNKNOWN } key;

static const char *const key_names[] = { "version", "mode", "max_age", "mx" };
static const char *const mode_names[] = { "none", "testing", "enforce" };

typedef struct reader {
    ms_mta_sts_policy *policy;
    ms_findings *findings;
    bool seen[UNKNOWN];
} reader;

static void add(reader *r, ms_finding_code code, ms_span found)
{
    ms_findings_add(r->findings, code, found);
}

const char *ms_mta_sts_mode_name(ms_mta_sts_mode mode)
{
    return mode_names[mode];
}

static key key_of(ms_span name)
{
    key k = VERSION;

    while (k < UNKNOWN && !ms_span_ieq(name, ms_span_str(key_names[k])))
        k++;
    return k;
}

bool ms_mta_sts_policy_knows(ms_span name)
{
    key k = key_of(name);

    return k < UNKNOWN && ms_span_eq(name, ms_span_str(key_names[k]));
}

/* ---- Values */

static void read_mx(reader *r, const ms_mta_sts_line *line)
{
    if (ms_mta_sts_mx_is_pattern(line->value))
        return;
    if (ms_mta_sts_mx_has_stray_asterisk(line->value))
        add(r, MS_FINDING_MTA_STS_POLICY_WILDCARD, line->value);
    else
        add(r, MS_FINDING_MTA_STS_POLICY_BAD_MX, line->value);
}

static void read_mode(reader *r, const ms_mta_sts_line *line)
{
    for (int mode = MS_MTA_STS_NONE; mode <= MS_MTA_STS_ENFORCE; mode++)
        if (ms_span_eq(line->value, ms_span_str(mode_names[mode]))) {
            r->policy->mode = (ms_mta_sts_mode)mode;
            return;
        }
    add(r, MS_FINDING_MTA_STS_POLICY_BAD_MODE, line->value);
}

static void read_max_age(reader *r, const ms_mta_sts_line *line)
{
    unsigned long seconds = 0;
    size_t i = 0;

    for (; i < line->value.n && ms_is_digit(line->value.p[i]); i++)
        if (seconds <= MAX_AGE_MAX)
            seconds = seconds * 10 + (unsigned long)(line->value.p[i] - '0');
    r->policy->max_age = seconds;
    if (i < line->value.n || i == 0 || (i > 10 && seconds <= MAX_AGE_MAX))
        add(r, MS_FINDING_MTA_STS_POLICY_BAD_MAX_AGE, line->value);
    else if (seconds > MAX_AGE_MAX)
        add(r, MS_FINDING_MTA_STS_POLICY_MAX_AGE_TOO_LARGE, line->value);
}

/* Where the line breaks were lost, the version is followed by all the rest. */
static void read_version(reader *r, const ms_mta_sts_line *line)
{
    ms_span rest, first = ms_span_cut(line->value, ' ', &rest);

    if (ms_span_eq(line->value, MS_LIT("STSv1")))
        return;
    if (ms_span_eq(first, MS_LIT("STSv1")) && rest.n > 0 && memchr(rest.p, ':', rest.n) != NULL) {
        add(r, MS_FINDING_MTA_STS_POLICY_ONE_LINE, rest);
        r->seen[MODE] = r->seen[MAX_AGE] = r->seen[MX] = true;
    } else {
        add(r, MS_FINDING_MTA_STS_POLICY_BAD_VERSION, line->value);
    }
}

static void read_value(reader *r, key k, const ms_mta_sts_line *line)
{
    bool again = k < UNKNOWN && r->seen[k];

    if (k == UNKNOWN) {
        add(r, MS_FINDING_MTA_STS_POLICY_UNKNOWN_KEY, line->key);
        return;
    }
    r->seen[k] = true;
    if (k == MX)
        read_mx(r, line);
    else if (again)
        add(r, MS_FINDING_MTA_STS_POLICY_DUPLICATE_KEY, line->key);
    else if (k == MODE)
        read_mode(r, line);
    else if (k == MAX_AGE)
        read_max_age(r, line);
    else
        read_version(r, line);
}

/* ---- Lines */

static const ms_span byte_order_mark = { "\xef\xbb\xbf", 3 };

/* Cuts the next line off *rest, which ends with CRLF, LF or, wrongly, CR alone. */
static ms_span take_line(ms_span *rest)
{
    ms_span line = *rest;
    size_t n = 0, end;

    while (n < line.n && line.p[n] != '\r' && line.p[n] != '\n')
        n++;
    end = n < line.n ? n + 1 : n;
    if (end < line.n && line.p[n] == '\r' && line.p[end] == '\n')
        end++;
    *rest = ms_span_behind(line, end);
    return ms_span_of(line.p, n);
}

static ms_span trim_end(ms_span s)
{
    while (s.n > 0 && ms_is_wsp(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Has it a colon? What is not well-formed about the two sides of it is for others to see. */
static bool cut_line(ms_span text, ms_mta_sts_line *line)
{
    line->key = ms_span_trim(ms_span_cut(text, ':', &line->value));
    if (line->value.p == NULL)
        return false;
    line->value = ms_span_trim(line->value);
    return true;
}

/* Letters or digits, then also "_", "-" and "."; at most 32 of them. */
static bool is_key(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]) && (i == 0 || memchr("_-.", s.p[i], 3) == NULL))
            return false;
    return s.n > 0 && s.n <= 32;
}

/* UTF-8 without control characters */
static bool is_text(ms_span s)
{
    uint32_t code;

    while (s.n > 0) {
        unsigned char c = (unsigned char)s.p[0];

        if (c < 0x20 || c == 0x7f || (c >= 0x80 && !ms_utf8_take(&s, &code)))
            return false;
        if (c < 0x80)
            s = ms_span_behind(s, 1);
    }
    return true;
}

/* The same with "=" for the colon, in front of a known key alone. */
static bool cut_at_equals(ms_span text, ms_mta_sts_line *line)
{
    line->key = ms_span_trim(ms_span_cut(text, '=', &line->value));
    if (line->value.p == NULL || key_of(line->key) == UNKNOWN)
        return false;
    line->value = ms_span_trim(line->value);
    return true;
}

/* Cuts a line as it was meant. */
static bool cut_meant(reader *r, ms_span text, ms_mta_sts_line *line)
{
    if (cut_at_equals(text, line))
        ms_findings_add_once(r->findings, MS_FINDING_MTA_STS_POLICY_EQUALS, text);
    else if (!cut_line(text, line) || !is_key(line->key))
        return false;
    if (key_of(line->key) < UNKNOWN && line->value.n > 0 && line->value.p[line->value.n - 1] == ';') {
        ms_findings_add_once(r->findings, MS_FINDING_MTA_STS_POLICY_SEMICOLON, text);
        line->value.n--;
        line->value = ms_span_trim(line->value);
    }
    return line->value.n > 0 && is_text(line->value);
}

static void read_line(reader *r, ms_span text)
{
    ms_mta_sts_line line;
    key k;

    if (text.n == 0) {
        ms_findings_add_once(r->findings, MS_FINDING_MTA_STS_POLICY_BLANK_LINE, text);
        return;
    }
    if (!cut_meant(r, text, &line)) {
        add(r, MS_FINDING_MTA_STS_POLICY_BAD_LINE, text);
        return;
    }
    if (line.key.p != text.p || ms_is_wsp(line.key.p[line.key.n]))
        ms_findings_add_once(r->findings, MS_FINDING_MTA_STS_POLICY_WHITE_SPACE, text);
    k = key_of(line.key);
    if (k < UNKNOWN && !ms_mta_sts_policy_knows(line.key))
        add(r, MS_FINDING_MTA_STS_POLICY_KEY_CASE, line.key);
    read_value(r, k, &line);
}

/* A CR that no LF follows ends a line, but should not. */
static bool has_bare_cr(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
            return true;
    return false;
}

static void read_lines(reader *r, ms_span text)
{
    if (has_bare_cr(text))
        add(r, MS_FINDING_MTA_STS_POLICY_LINE_ENDS, MS_LIT(""));
    for (ms_span rest = text; rest.n > 0;)
        read_line(r, trim_end(take_line(&rest)));
}

bool ms_mta_sts_policy_next(ms_span *rest, ms_mta_sts_line *line)
{
    while (rest->n > 0)
        if (cut_line(take_line(rest), line))
            return true;
    return false;
}

/* ---- The whole */

/* Has any line one of the keys, whatever else is wrong with it? */
static bool is_meant(ms_span text)
{
    ms_mta_sts_line line;

    while (text.n > 0) {
        ms_span piece = take_line(&text);

        if (cut_at_equals(piece, &line) || (cut_line(piece, &line) && key_of(line.key) < UNKNOWN))
            return true;
    }
    return false;
}

static void look_at_whole(reader *r)
{
    const ms_span nothing = MS_LIT("");
    ms_mta_sts_policy *policy = r->policy;

    if (!r->seen[VERSION])
        add(r, MS_FINDING_MTA_STS_POLICY_MISSING_VERSION, nothing);
    if (!r->seen[MODE])
        add(r, MS_FINDING_MTA_STS_POLICY_MISSING_MODE, nothing);
    if (!r->seen[MAX_AGE])
        add(r, MS_FINDING_MTA_STS_POLICY_MISSING_MAX_AGE, nothing);
    if (!r->seen[MX] && r->seen[MODE] && policy->mode != MS_MTA_STS_NONE)
        add(r, MS_FINDING_MTA_STS_POLICY_MISSING_MX, nothing);
    if (r->findings->has_error)
        return;
    if (policy->mode == MS_MTA_STS_NONE)
        add(r, MS_FINDING_MTA_STS_POLICY_NONE, nothing);
    else if (policy->max_age < DAY)
        add(r, MS_FINDING_MTA_STS_POLICY_MAX_AGE_SHORT, nothing);
    if (policy->mode == MS_MTA_STS_TESTING)
        add(r, MS_FINDING_MTA_STS_POLICY_TESTING, nothing);
}

bool ms_mta_sts_policy_lint(ms_span text, ms_mta_sts_policy *policy, ms_findings *findings)
{
    reader r = { .policy = policy, .findings = findings };
    ms_span start;

    *policy = (ms_mta_sts_policy){ 0 };
    if (text.n > MS_MTA_STS_POLICY_MAX) {
        add(&r, MS_FINDING_MTA_STS_POLICY_TOO_LARGE, MS_LIT(""));
        return !findings->failed;
    }
    if (ms_span_istarts(text, byte_order_mark)) {
        add(&r, MS_FINDING_PASTED_INVISIBLE, byte_order_mark);
        text = ms_span_behind(text, byte_order_mark.n);
    }
    policy->text = text;
    start = ms_span_trim(text);
    if (start.n > 0 && start.p[0] == '<') {
        add(&r, MS_FINDING_MTA_STS_POLICY_HTML, ms_span_of(start.p, start.n < 40 ? start.n : 40));
        return !findings->failed;
    }
    if (!is_meant(text)) {
        add(&r, MS_FINDING_MTA_STS_POLICY_NOT_A_POLICY, take_line(&start));
        return !findings->failed;
    }
    read_lines(&r, text);
    look_at_whole(&r);
    return !findings->failed;
}
