/* sign_field.c: writing a DKIM-Signature field. See sign_field.h. */
#include "dkim/sign_field.h"

#include "base/base64.h"
#include "dkim/field_writer.h"
#include "dkim/signature.h"

void ms_dkim_quote(ms_buf *out, ms_span text)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c > ' ' && c <= '~' && c != ';' && c != '=' && c != '|') {
            ms_buf_add_char(out, text.p[i]);
            continue;
        }
        ms_buf_add_char(out, '=');
        ms_buf_add_char(out, hex[c >> 4]);
        ms_buf_add_char(out, hex[c & 15]);
    }
}

/* ---- z= */

static bool is_listed(ms_span list, ms_span name)
{
    ms_span listed;

    while (ms_signed_names_next(&list, &listed))
        if (ms_span_ieq(listed, name))
            return true;
    return false;
}

bool ms_sign_field_copies(const ms_header *header, ms_span names, ms_buf *copied)
{
    ms_buf_clear(copied);
    for (size_t i = 0; i < header->n; i++) {
        const ms_field *field = &header->field[i];

        if (!is_listed(names, field->name))
            continue;
        if (copied->n > 0)
            ms_buf_add_char(copied, '|');
        ms_buf_add_span(copied, field->name);
        ms_buf_add_char(copied, ':');
        ms_dkim_quote(copied, field->value);
    }
    return !copied->failed;
}

/* Broken anywhere but inside "=XX", which costs nothing to keep whole. */
static void write_copies(ms_field_writer *writer, ms_span copied)
{
    ms_field_word(writer, 2);
    ms_field_add(writer, MS_LIT("z="));
    while (copied.n > 0) {
        size_t n = copied.p[0] == '=' ? 3 : 1;

        ms_field_may_fold(writer, n + 1);
        ms_field_add(writer, ms_span_of(copied.p, n));
        copied.p += n;
        copied.n -= n;
    }
    ms_field_add(writer, MS_LIT(";"));
}

/* ---- the field */

static void write_tag(ms_field_writer *writer, const char *tag, ms_span value)
{
    ms_span name = ms_span_str(tag);

    ms_field_word(writer, name.n + value.n + 2);
    ms_field_add(writer, name);
    ms_field_add(writer, MS_LIT("="));
    ms_field_add(writer, value);
    ms_field_add(writer, MS_LIT(";"));
}

static void write_number(ms_field_writer *writer, const char *tag, uint64_t number)
{
    char room[MS_DIGITS_MAX];

    write_tag(writer, tag, ms_digits(number, room));
}

/* A line is broken behind a colon, never inside a name. */
static void write_names(ms_field_writer *writer, ms_span names)
{
    ms_span rest = names, name = ms_span_cut(names, ':', &rest);

    ms_field_word(writer, sizeof "h=" - 1 + name.n + 1);
    ms_field_add(writer, MS_LIT("h="));
    for (;;) {
        ms_field_may_fold(writer, name.n + 1);
        ms_field_add(writer, name);
        if (rest.p == NULL)
            break;
        ms_field_add(writer, MS_LIT(":"));
        name = ms_span_cut(rest, ':', &rest);
    }
    ms_field_add(writer, MS_LIT(";"));
}

static void write_body_hash(ms_field_writer *writer, const uint8_t *digest)
{
    char text[(MS_SHA256_SIZE + 2) / 3 * 4];

    write_tag(writer, "bh", ms_span_of(text, ms_base64_encode(digest, MS_SHA256_SIZE, text)));
}

void ms_sign_field_begin(const ms_signer *signer, const ms_signing_kept *who, const ms_sign_facts *facts, ms_buf *out)
{
    static const char *const canon[] = { [MS_SIMPLE] = "simple", [MS_RELAXED] = "relaxed" };
    const ms_sign_options *options = &signer->options;
    ms_field_writer writer;

    ms_field_begin(&writer, out, "DKIM-Signature");
    write_tag(&writer, "v", MS_LIT("1"));
    write_tag(&writer, "a", who->type == MS_KEY_RSA ? MS_LIT("rsa-sha256") : MS_LIT("ed25519-sha256"));
    ms_field_word(&writer, sizeof "c=relaxed/relaxed;" - 1);
    ms_field_add(&writer, MS_LIT("c="));
    ms_field_add(&writer, ms_span_str(canon[options->header_canon]));
    ms_field_add(&writer, MS_LIT("/"));
    ms_field_add(&writer, ms_span_str(canon[options->body_canon]));
    ms_field_add(&writer, MS_LIT(";"));
    write_tag(&writer, "d", ms_buf_span(&who->domain));
    write_tag(&writer, "s", ms_buf_span(&who->selector));
    if (who->identity.n > 0)
        write_tag(&writer, "i", ms_buf_span(&who->identity));
    write_number(&writer, "t", facts->now);
    if (options->expire > 0)
        write_number(&writer, "x", facts->now + options->expire);
    if (options->body_length)
        write_number(&writer, "l", facts->body_octets);
    write_names(&writer, facts->names);
    if (options->copy_headers)
        write_copies(&writer, facts->copied);
    write_body_hash(&writer, facts->body_hash);
    ms_field_word(&writer, 2);
    ms_field_add(&writer, MS_LIT("b="));
}

/* How far along its last line a field is. */
static size_t column_of(const ms_buf *field)
{
    const char *p = field->p + field->n;

    while (p > field->p && p[-1] != '\n')
        p--;
    return (size_t)(field->p + field->n - p) + (p > field->p && *p == '\t' ? 7 : 0);
}

void ms_sign_field_end(ms_buf *field, ms_span signature)
{
    char text[(MS_SIGNATURE_MAX + 2) / 3 * 4];
    ms_field_writer writer = { field, column_of(field) };
    size_t n = ms_base64_encode((const uint8_t *)signature.p, signature.n, text);

    ms_field_add_breakable(&writer, ms_span_of(text, n));
    ms_field_add(&writer, MS_LIT("\r\n"));
}
