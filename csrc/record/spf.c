/* spf.c: the SPF record as a list of terms (RFC 7208 §4.5, §4.6.1). See spf.h. */
#include "record/spf.h"

#include <stdlib.h>

bool ms_spf_is_one(ms_span text, ms_span *rest)
{
    const ms_span version = MS_LIT("v=spf1");

    if (!ms_span_istarts(text, version) || (text.n > version.n && text.p[version.n] != ' '))
        return false;
    *rest = ms_span_behind(text, version.n);
    return true;
}

static bool make_room(ms_spf *spf)
{
    size_t cap = spf->cap ? spf->cap * 2 : 16;
    ms_spf_term *term;

    if (spf->n < spf->cap)
        return true;
    term = realloc(spf->term, cap * sizeof *term);
    if (term == NULL)
        return false;
    spf->term = term;
    spf->cap = cap;
    return true;
}

static void note(ms_spf *spf, ms_spf_fault fault, ms_span culprit)
{
    if (fault == MS_SPF_FINE || spf->fault != MS_SPF_FINE)
        return;
    spf->fault = fault;
    spf->culprit = culprit;
}

/* Finds the terms of which there is one, and counts. */
static void look_over(ms_spf *spf)
{
    for (size_t i = 0; i < spf->n; i++) {
        ms_spf_term *term = &spf->term[i];
        const ms_spf_term **place = NULL;

        if (term->name == MS_SPF_ALL)
            place = &spf->all;
        else if (term->name == MS_SPF_REDIRECT)
            place = &spf->redirect;
        else if (term->name == MS_SPF_EXP)
            place = &spf->exp;
        if (place != NULL && *place == NULL)
            *place = term;
        else if (place != NULL && term->name != MS_SPF_ALL && term->fault == MS_SPF_FINE)
            term->fault = MS_SPF_TWICE;
        spf->lookups += ms_spf_queries(term->name) && term->name != MS_SPF_REDIRECT;
        note(spf, term->fault, term->text);
    }
    spf->lookups += spf->redirect != NULL && spf->all == NULL;
}

bool ms_spf_read(ms_span text, ms_spf *spf)
{
    ms_span rest;

    *spf = (ms_spf){ 0 };
    if (!ms_spf_is_one(text, &rest)) {
        spf->fault = MS_SPF_NO_VERSION;
        return true;
    }
    if (text.n > MS_SPF_TEXT_MAX)
        spf->fault = MS_SPF_TOO_LONG;
    while (rest.p != NULL && text.n <= MS_SPF_TEXT_MAX) {
        ms_span piece = ms_span_cut(rest, ' ', &rest);

        if (piece.n == 0)
            continue;
        if (spf->n == MS_SPF_TERMS_MAX) {
            note(spf, MS_SPF_TOO_MANY_TERMS, piece);
            break;
        }
        if (!make_room(spf))
            return false;
        ms_spf_term_read(piece, &spf->term[spf->n++]);
    }
    look_over(spf);
    return true;
}

void ms_spf_free(ms_spf *spf)
{
    free(spf->term);
    *spf = (ms_spf){ 0 };
}
