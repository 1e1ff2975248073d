/* dmarc.c: the receiver's reader of DMARC records, and what both readers make of the tags. See dmarc.h. */
#include "record/dmarc.h"

/* ---- Cutting */

/* "v" equals %s"DMARC1": the piece up to the first semicolon */
static bool is_version(ms_span piece)
{
    ms_span value, name = ms_span_cut(piece, '=', &value);

    return name.n > 0 && !ms_is_fws(name.p[0]) && ms_span_ieq(ms_span_trim(name), MS_LIT("v")) &&
           ms_span_eq(ms_span_trim(value), MS_LIT("DMARC1"));
}

/* 1*ALPHA and %x20-3A / %x3C-7E, with WSP around them; what is neither is passed over. */
static bool is_tag(const ms_lint_tag *tag)
{
    for (size_t i = 0; i < tag->name.n; i++)
        if (!ms_is_alpha(tag->name.p[i]))
            return false;
    for (size_t i = 0; i < tag->value.n; i++)
        if (tag->value.p[i] != '\t' && (tag->value.p[i] < 0x20 || tag->value.p[i] > 0x7e))
            return false;
    return tag->name.n > 0 && tag->value.n > 0;
}

static bool is_there(const ms_tag_list *list, ms_span name)
{
    for (size_t i = 0; i < list->n; i++)
        if (ms_span_eq(list->tag[i].name, name))
            return true;
    return false;
}

ms_dmarc_result ms_dmarc_cut(ms_span text, ms_tag_list *list)
{
    ms_span rest;

    list->n = 0;
    if (!is_version(ms_span_cut(text, ';', &rest)))
        return MS_DMARC_NOT_A_RECORD;
    list->tag[list->n++] = (ms_lint_tag){ .piece = MS_LIT("v=DMARC1"), .name = MS_LIT("v"), .value = MS_LIT("DMARC1") };
    while (rest.p != NULL) {
        ms_lint_tag tag = { .piece = ms_span_trim(ms_span_cut(rest, ';', &rest)) };

        tag.name = ms_span_trim(ms_span_cut(tag.piece, '=', &tag.value));
        tag.value = ms_span_trim(tag.value);
        if (!is_tag(&tag))
            continue;
        if (list->n == MS_TAGS_MAX || is_there(list, tag.name))
            return MS_DMARC_SYNTAX;
        list->tag[list->n++] = tag;
    }
    return MS_DMARC_OK;
}

/* ---- What each tag says */

typedef struct reader {
    ms_dmarc *record;
    ms_findings *findings; /* NULL where nobody asks */
    const ms_lint_tag *tag;
    bool bad_policy;
} reader;

static void add(const reader *r, ms_finding_code code)
{
    if (r->findings != NULL)
        ms_findings_add(r->findings, code, r->tag->piece);
}

/* The place of the value in a list of words with a space between, whatever its case; -1 where it is none of them. */
static int choice(ms_span value, const char *words)
{
    ms_span rest = ms_span_str(words);

    for (int i = 0; rest.p != NULL; i++)
        if (ms_span_ieq(value, ms_span_cut(rest, ' ', &rest)))
            return i;
    return -1;
}

/* The same of the tag at hand, which has `otherwise` where it is none of them. */
static int choose(const reader *r, const char *words, int otherwise)
{
    int chosen = choice(r->tag->value, words);

    if (chosen >= 0)
        return chosen;
    add(r, MS_FINDING_DMARC_BAD_VALUE);
    return otherwise;
}

static ms_dmarc_policy read_policy(reader *r, ms_finding_code bad)
{
    int chosen = choice(r->tag->value, "none quarantine reject");

    if (chosen >= 0)
        return (ms_dmarc_policy)(MS_DMARC_NONE + chosen);
    add(r, bad);
    r->bad_policy = true;
    return MS_DMARC_UNSET;
}

static void read_p(reader *r)
{
    r->record->policy = read_policy(r, MS_FINDING_DMARC_BAD_POLICY);
}

static void read_sp(reader *r)
{
    r->record->subdomain = read_policy(r, MS_FINDING_DMARC_BAD_SUBDOMAIN_POLICY);
}

static void read_np(reader *r)
{
    r->record->nonexisting = read_policy(r, MS_FINDING_DMARC_BAD_SUBDOMAIN_POLICY);
}

static void read_adkim(reader *r)
{
    r->record->strict_dkim = choose(r, "r s", 0) == 1;
}

static void read_aspf(reader *r)
{
    r->record->strict_spf = choose(r, "r s", 0) == 1;
}

static void read_t(reader *r)
{
    r->record->testing = choose(r, "n y", 0) == 1;
}

static void read_psd(reader *r)
{
    r->record->psd = "uyn"[choose(r, "u y n", 0)];
}

static void read_rua(reader *r)
{
    ms_dmarc_read_uris(r->tag->value, &r->record->rua, r->findings);
}

static void read_ruf(reader *r)
{
    ms_dmarc_read_uris(r->tag->value, &r->record->ruf, r->findings);
}

/* Of "0" and "1" at most one, of "d" and "s" each at most once. */
static void read_fo(reader *r)
{
    unsigned fo = 0;

    for (ms_span rest = r->tag->value; rest.p != NULL;) {
        int chosen = choice(ms_span_trim(ms_span_cut(rest, ':', &rest)), "0 1 d s");
        unsigned bit = chosen < 0 ? 0 : 1u << chosen, excluded = bit & 3 ? 3 : bit;

        if (bit == 0 || fo & excluded) {
            add(r, MS_FINDING_DMARC_BAD_FAILURE_OPTIONS);
            return;
        }
        fo |= bit;
    }
    r->record->fo = fo;
}

static const struct {
    const char *name;
    void (*read)(reader *r);
} tags[] = {
    { "p", read_p }, { "sp", read_sp },   { "np", read_np },   { "adkim", read_adkim }, { "aspf", read_aspf },
    { "t", read_t }, { "psd", read_psd }, { "rua", read_rua }, { "ruf", read_ruf },     { "fo", read_fo },
};

ms_dmarc_result ms_dmarc_read(const ms_tag_list *list, ms_dmarc *record, ms_findings *findings)
{
    reader r = { .record = record, .findings = findings };

    *record = (ms_dmarc){ .psd = 'u', .fo = MS_DMARC_FO_ALL };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        r.tag = ms_tag_list_find(list, tags[i].name);
        if (r.tag != NULL)
            tags[i].read(&r);
    }
    if (record->policy != MS_DMARC_UNSET && !r.bad_policy)
        return MS_DMARC_OK;
    record->assumed = true;
    record->policy = MS_DMARC_NONE;
    record->subdomain = record->nonexisting = MS_DMARC_UNSET;
    return record->rua.n > 0 ? MS_DMARC_OK : MS_DMARC_NO_POLICY;
}

ms_dmarc_result ms_dmarc_parse(ms_span text, ms_dmarc *record)
{
    ms_tag_list list;
    ms_dmarc_result result = ms_dmarc_cut(text, &list);

    if (result == MS_DMARC_OK)
        return ms_dmarc_read(&list, record, NULL);
    list.n = 0;
    ms_dmarc_read(&list, record, NULL);
    return result;
}

ms_dmarc_result ms_dmarc_report_parse(ms_span text, ms_dmarc *record)
{
    ms_dmarc_result result = ms_dmarc_parse(text, record);

    return result == MS_DMARC_NO_POLICY ? MS_DMARC_OK : result;
}

bool ms_dmarc_fail(ms_dmarc_result result, ms_error *error)
{
    switch (result) {
    case MS_DMARC_NOT_A_RECORD:
        return ms_fail(error, "dmarc_not_a_record", "the text is no DMARC record: it does not begin with v=DMARC1");
    case MS_DMARC_SYNTAX:
        return ms_fail(error, "dmarc_syntax", "the record is invalid: a tag occurs twice, or there are more than %d",
                       MS_TAGS_MAX);
    case MS_DMARC_OK:
    case MS_DMARC_NO_POLICY:
    default:
        return ms_fail(error, "dmarc_no_policy",
                       "the record has no policy: p=, sp= or np= is missing or wrong, and rua= has no address");
    }
}

const char *ms_dmarc_policy_name(ms_dmarc_policy policy)
{
    static const char *const name[] = {
        [MS_DMARC_UNSET] = NULL,
        [MS_DMARC_NONE] = "none",
        [MS_DMARC_QUARANTINE] = "quarantine",
        [MS_DMARC_REJECT] = "reject",
    };

    return name[policy];
}
