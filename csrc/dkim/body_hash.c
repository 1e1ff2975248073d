/* body_hash.c: the hashes of a body. See body_hash.h. */
#include "dkim/body_hash.h"

#include <stdlib.h>

void ms_body_hashes_init(ms_body_hashes *hashes, ms_crypto *crypto)
{
    hashes->crypto = crypto;
    hashes->item = NULL;
    hashes->cap = 0;
    ms_body_hashes_reset(hashes);
}

void ms_body_hashes_free(ms_body_hashes *hashes)
{
    for (size_t i = 0; i < hashes->cap; i++)
        ms_hash_free(hashes->item[i].hash);
    free(hashes->item);
    hashes->item = NULL;
    hashes->n = hashes->cap = 0;
}

void ms_body_hashes_reset(ms_body_hashes *hashes)
{
    hashes->n = 0;
    hashes->of[MS_SIMPLE].wanted = hashes->of[MS_RELAXED].wanted = false;
}

static bool make_room(ms_body_hashes *hashes)
{
    ms_body_hash *item;

    if (hashes->n < hashes->cap)
        return true;
    item = realloc(hashes->item, (hashes->cap + 1) * sizeof *item);
    if (item == NULL)
        return false;
    hashes->item = item;
    item[hashes->cap].hash = ms_hash_new(hashes->crypto);
    if (item[hashes->cap].hash == NULL)
        return false;
    hashes->cap++;
    return true;
}

static void take_octets(void *to, const char *p, size_t n)
{
    struct ms_body_octets *of = to;
    ms_body_hashes *hashes = of->hashes;
    ms_canon canon = of->canon.canon;

    of->octets += n;
    for (size_t i = 0; i < hashes->n; i++) {
        ms_body_hash *item = &hashes->item[i];
        size_t take = n < item->left ? n : (size_t)item->left;

        if (item->canon != canon || take == 0)
            continue;
        ms_hash_update(item->hash, p, take);
        if (item->limit != MS_NO_LIMIT)
            item->left -= take;
    }
}

bool ms_body_hashes_want(ms_body_hashes *hashes, ms_canon canon, uint64_t limit, size_t *index)
{
    struct ms_body_octets *of = &hashes->of[canon];
    ms_body_hash *item;

    for (*index = 0; *index < hashes->n; ++*index)
        if (hashes->item[*index].canon == canon && hashes->item[*index].limit == limit)
            return true;
    if (!make_room(hashes))
        return false;
    item = &hashes->item[hashes->n++];
    item->canon = canon;
    item->limit = item->left = limit;
    ms_hash_start(item->hash);
    if (!of->wanted) {
        of->hashes = hashes;
        of->octets = 0;
        of->wanted = true;
        ms_body_canon_init(&of->canon, canon, take_octets, of);
    }
    return true;
}

void ms_body_hashes_write(ms_body_hashes *hashes, const char *p, size_t n)
{
    for (int canon = MS_SIMPLE; canon <= MS_RELAXED; canon++)
        if (hashes->of[canon].wanted)
            ms_body_canon_write(&hashes->of[canon].canon, p, n);
}

bool ms_body_hashes_finish(ms_body_hashes *hashes)
{
    bool ok = true;

    for (int canon = MS_SIMPLE; canon <= MS_RELAXED; canon++)
        if (hashes->of[canon].wanted)
            ms_body_canon_finish(&hashes->of[canon].canon);
    for (size_t i = 0; i < hashes->n; i++)
        ok = ms_hash_finish(hashes->item[i].hash, hashes->item[i].digest) && ok;
    return ok;
}
