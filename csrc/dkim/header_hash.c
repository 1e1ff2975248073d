/* header_hash.c: the hash that a signature signs. See header_hash.h.
 *
 * Fields and names are both capped (MS_HEADER_FIELDS_MAX, MS_SIGNED_NAMES_MAX), and comparing a name's
 * key is one integer comparison, so the plain double loop is the quickest for every honest message
 * and harmless for the others.
 */
#include "dkim/header_hash.h"

#include "dkim/signature.h"

/* The lowest field of that name not taken yet, or NULL. */
static const ms_field *take(const ms_header_input *input, ms_span name)
{
    const ms_field *field = input->header->field;
    unsigned key = ms_field_key(name);

    if ((input->header->present & ms_field_bit(key)) == 0)
        return NULL;
    for (size_t i = input->header->n; i-- > 0;) {
        if (field[i].key != key || input->taken[i] || &field[i] == input->own || !ms_span_ieq(field[i].name, name))
            continue;
        input->taken[i] = 1;
        return &field[i];
    }
    return NULL;
}

void ms_write_to_hash(void *to, const char *p, size_t n)
{
    ms_hash_update(to, p, n);
}

void ms_header_octets(const ms_header_input *input, ms_sink *sink)
{
    ms_span rest = input->names, name;

    if (input->header->n > 0)
        memset(input->taken, 0, input->header->n);
    while (ms_signed_names_next(&rest, &name)) {
        const ms_field *field = take(input, name);

        if (field != NULL)
            ms_canon_field(sink, input->scanner, input->canon, field);
    }
    ms_canon_signature(sink, input->scanner, input->canon, input->own, input->hole);
    ms_sink_flush(sink);
}
