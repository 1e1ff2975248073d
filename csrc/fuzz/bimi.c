/* bimi.c: any octets as a BIMI record. One in which no error is found is a strict list of tags, and says what was read.
 * An octet 0xff cuts the text into the strings of a TXT record. */
#include "record/bimi.h"

#include "fuzz/record.h"

static void require_tag(const ms_tags *tags, const char *name, ms_span value)
{
    const ms_tag *tag = ms_tags_find(tags, name);

    require(ms_span_eq(tag != NULL ? tag->value : MS_LIT(""), value));
}

static void require_same(ms_span text, const ms_bimi *record)
{
    ms_tags tags;

    require(ms_tags_parse(text, &tags) == MS_TAGS_OK);
    require(ms_span_eq(tags.tag[0].name, MS_LIT("v")) && ms_span_eq(tags.tag[0].value, MS_LIT("BIMI1")));
    require_tag(&tags, "l", record->location);
    require_tag(&tags, "a", record->evidence);
    require(record->location.n == 0 || ms_span_istarts(record->location, MS_LIT("https://")));
    require(record->evidence.n == 0 || ms_span_istarts(record->evidence, MS_LIT("https://")));
    require(record->declined == (record->location.n == 0 && record->evidence.n == 0));
    if (record->by_local_part)
        require_tag(&tags, "lps", record->local_parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    fuzz_text text;
    ms_findings findings = { 0 };
    ms_buf mended = { 0 };
    ms_bimi record;

    fuzz_cut(&text, octets, n);
    require(ms_bimi_lint(text.strings, text.n, &mended, &record, &findings));
    if (!fuzz_has_error(&findings))
        require_same(ms_buf_span(&text.joined), &record);
    ms_buf_free(&mended);
    ms_buf_free(&text.joined);
    return 0;
}
