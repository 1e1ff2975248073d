/* taglist.c: any octets as a tag list. What is read must lie in the text and keep RFC 6376 §3.2. */
#include "record/taglist.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_inside(ms_span text, ms_span s)
{
    require(s.n == 0 || (s.p >= text.p && s.p + s.n <= text.p + text.n));
}

static void check_value(ms_span value)
{
    require(value.n == 0 || (!ms_is_fws(value.p[0]) && !ms_is_fws(value.p[value.n - 1])));
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];

        require(c != ';' && c != 0x7f && (c >= 0x20 || ms_is_fws((char)c)));
        require(c != '\r' || (i + 2 < value.n && value.p[i + 1] == '\n' && ms_is_wsp(value.p[i + 2])));
        require(c != '\n' || (i > 0 && value.p[i - 1] == '\r'));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
    ms_span text = ms_span_of(octets, n);
    ms_tags tags;
    ms_tags_result result = ms_tags_parse(text, &tags);

    require(ms_tags_result_text(result) != NULL && ms_tags_result_code(result) != NULL);
    check_inside(text, tags.culprit);
    require(tags.n <= MS_TAGS_MAX && (result != MS_TAGS_OK || tags.n > 0));
    for (size_t i = 0; i < tags.n; i++) {
        check_inside(text, tags.tag[i].name);
        check_inside(text, tags.tag[i].value);
        check_value(tags.tag[i].value);
        require(tags.tag[i].name.n > 0 && ms_is_alpha(tags.tag[i].name.p[0]));
        for (size_t j = 0; j < i; j++)
            require(!ms_span_eq(tags.tag[i].name, tags.tag[j].name));
    }
    return 0;
}
