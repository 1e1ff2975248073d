/* sign_names.c: which header fields a signature covers. See sign_names.h. */
#include "dkim/sign_names.h"

#include "dkim/signature.h"

#include <stdlib.h>

/* RFC 6376 §5.4.1; RFC 8058 §4 wants both unsubscribe fields covered, RFC 9477 §3.1.4 the CFBL ones, Gmail the
 * Feedback-ID, BIMI its selector. The MIME fields are there since a body can be made to look otherwise by them.
 * Left out are trace fields, which relays add to, and Return-Path. */
static const char default_headers[] =
    "From:Sender:Reply-To:To:Cc:Subject:Date:Message-ID:In-Reply-To:References:MIME-Version:Content-Type:"
    "Content-Transfer-Encoding:Content-ID:Content-Description:Resent-Date:Resent-From:Resent-Sender:Resent-To:Resent-"
    "Cc:"
    "Resent-Message-ID:List-Id:List-Help:List-Unsubscribe:List-Unsubscribe-Post:List-Subscribe:List-Post:List-Owner:"
    "List-Archive:Auto-Submitted:Feedback-ID:CFBL-Address:CFBL-Feedback-ID:BIMI-Selector";

ms_span ms_sign_default_headers(void)
{
    return ms_span_of(default_headers, sizeof default_headers - 1);
}

static bool too_many(ms_error *error)
{
    return ms_fail(error, "too_many_headers", "there are more than %d header fields to sign", MS_SIGNED_NAMES_MAX);
}

static ms_sign_name *find(const ms_sign_names *names, ms_span name)
{
    for (size_t i = 0; i < names->n; i++)
        if (ms_span_ieq(names->item[i].name, name))
            return &names->item[i];
    return NULL;
}

/* Adds a name, or marks the one that is there already. */
static bool add(ms_sign_names *names, ms_span name, bool oversigned, ms_error *error)
{
    ms_sign_name *item = find(names, name);

    if (item != NULL) {
        item->oversigned = item->oversigned || oversigned;
        return true;
    }
    if (!ms_is_field_name(name) || memchr(name.p, ';', name.n) != NULL)
        return ms_fail(error, "bad_header_name", "\"%.*s\" is not the name of a header field",
                       (int)(name.n < 60 ? name.n : 60), name.n > 0 ? name.p : "");
    if (names->n == MS_SIGNED_NAMES_MAX)
        return too_many(error);
    names->item[names->n++] = (ms_sign_name){ name, ms_field_key(name), oversigned };
    return true;
}

static bool add_list(ms_sign_names *names, ms_span list, bool oversigned, ms_error *error)
{
    ms_span name;

    if (list.n == 0)
        return true;
    while (ms_signed_names_next(&list, &name))
        if (!add(names, name, oversigned, error))
            return false;
    return true;
}

bool ms_sign_names_init(ms_sign_names *names, ms_span headers, ms_span oversign, ms_error *error)
{
    ms_span from = MS_LIT("From");

    if (headers.n == 0)
        headers = ms_sign_default_headers();
    *names = (ms_sign_names){ 0 };
    ms_buf_add_span(&names->text, headers);
    ms_buf_add_span(&names->text, oversign);
    names->item = calloc(MS_SIGNED_NAMES_MAX, sizeof *names->item);
    if (names->text.failed || names->item == NULL)
        return ms_fail_memory(error);
    headers.p = names->text.p;
    oversign.p = names->text.p + headers.n;
    return add_list(names, headers, false, error) && add(names, from, true, error) &&
           add_list(names, oversign, true, error);
}

void ms_sign_names_free(ms_sign_names *names)
{
    ms_buf_free(&names->text);
    free(names->item);
    *names = (ms_sign_names){ 0 };
}

bool ms_sign_names_oversign(const ms_sign_names *names, ms_span name)
{
    const ms_sign_name *item = find(names, name);

    return item != NULL && item->oversigned;
}

bool ms_sign_names_write(const ms_sign_names *names, const ms_header *header, ms_buf *out, ms_error *error)
{
    size_t count = 0;

    ms_buf_clear(out);
    for (size_t i = 0; i < names->n; i++) {
        const ms_sign_name *item = &names->item[i];
        size_t times = ms_header_count(header, item->name, item->key) + item->oversigned;

        count += times;
        if (count > MS_SIGNED_NAMES_MAX)
            return too_many(error);
        for (; times > 0; times--) {
            if (out->n > 0)
                ms_buf_add_char(out, ':');
            ms_buf_add_span(out, item->name);
        }
    }
    return out->failed ? ms_fail_memory(error) : true;
}
