/* mta_sts.c: the MTA-STS record. See mta_sts.h. */
#include "record/mta_sts.h"

const ms_tag_kind ms_mta_sts_kind = {
    .rules = MS_STS_TAG_RULES("v id"),
    .version = "STSv1",
    .stem = "STS",
    .main = "id",
    .not_a_record = MS_FINDING_MTA_STS_NOT_A_RECORD,
    .bad_version = MS_FINDING_MTA_STS_BAD_VERSION,
};

static bool is_id(ms_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ms_is_alpha(s.p[i]) && !ms_is_digit(s.p[i]))
            return false;
    return s.n > 0 && s.n <= 32;
}

bool ms_mta_sts_lint(const ms_span *strings, size_t n, ms_buf *text, ms_mta_sts *record, ms_findings *findings)
{
    const ms_lint_tag *id;

    *record = (ms_mta_sts){ 0 };
    if (!ms_tag_kind_lint(&ms_mta_sts_kind, strings, n, text, &record->tags, findings))
        return false;
    if (record->tags.n == 0)
        return true;
    id = ms_tag_list_find(&record->tags, "id");
    if (id == NULL)
        ms_findings_add(findings, MS_FINDING_MTA_STS_MISSING_ID, MS_LIT(""));
    else if (!is_id(id->value))
        ms_findings_add(findings, MS_FINDING_MTA_STS_BAD_ID, id->piece);
    else
        record->id = id->value;
    ms_tag_list_unknown(&ms_mta_sts_kind.rules, &record->tags, findings);
    return !findings->failed;
}
