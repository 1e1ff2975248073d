/* opendkim.h: one message through libopendkim, signed or verified the way a milter does it.
 *
 * Shared by spec/bench/peers.c, which measures it, and spec/interop/opendkim_peer.c, which asks
 * whether it agrees. Header fields go in one by one, without their last CRLF; the body as one piece.
 * Keys come from a zone in memory, through the library's own key lookup callback.
 */
#ifndef MS_SPEC_OPENDKIM_H
#define MS_SPEC_OPENDKIM_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <opendkim/dkim.h>

typedef struct opendkim_record {
    char name[256]; /* selector._domainkey.domain */
    char text[2048];
} opendkim_record;

typedef struct opendkim_zone {
    opendkim_record record[8];
    size_t n;
} opendkim_zone;

typedef struct opendkim_options {
    const char *domain;
    const char *selector;
    const char *pem; /* NUL-terminated */
    dkim_alg_t algorithm;
    dkim_canon_t header;
    dkim_canon_t body;
} opendkim_options;

static inline DKIM_CBSTAT opendkim_lookup(DKIM *dkim, DKIM_SIGINFO *signature, u_char *out, size_t room)
{
    const opendkim_zone *zone = dkim_get_user_context(dkim);
    char name[256];

    snprintf(name, sizeof name, "%s._domainkey.%s", (char *)dkim_sig_getselector(signature),
             (char *)dkim_sig_getdomain(signature));
    for (size_t i = 0; i < zone->n; i++) {
        if (strcmp(zone->record[i].name, name) == 0) {
            snprintf((char *)out, room, "%s", zone->record[i].text);
            return DKIM_CBSTAT_CONTINUE;
        }
    }
    return DKIM_CBSTAT_NOTFOUND;
}

/* `flags` are DKIM_LIBFLAGS_…, 0 for the library's defaults. */
static inline DKIM_LIB *opendkim_open(unsigned flags)
{
    DKIM_LIB *library = dkim_init(NULL, NULL);

    if (library) {
        dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags);
        dkim_set_key_lookup(library, opendkim_lookup);
    }
    return library;
}

/* The length of the field at `p`, with its last CRLF: it ends at a CRLF that no white space follows. */
static inline size_t opendkim_field(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        const char *lf = memchr(p + i, '\n', n - i);
        if (!lf)
            return n;
        i = (size_t)(lf - p) + 1;
        if (i < 2 || p[i - 2] != '\r')
            continue;
        if (i == n || (p[i] != ' ' && p[i] != '\t'))
            return i;
    }
    return n;
}

static inline DKIM_STAT opendkim_feed(DKIM *dkim, const char *p, size_t n)
{
    DKIM_STAT status;

    while (n > 0 && !(n >= 2 && p[0] == '\r' && p[1] == '\n')) {
        size_t whole = opendkim_field(p, n);
        size_t field = whole >= 2 && p[whole - 1] == '\n' ? whole - 2 : whole;
        status = dkim_header(dkim, (u_char *)p, field);
        if (status != DKIM_STAT_OK)
            return status;
        p += whole;
        n -= whole;
    }
    status = dkim_eoh(dkim);
    if (status != DKIM_STAT_OK)
        return status;
    if (n > 2) {
        status = dkim_body(dkim, (u_char *)p + 2, n - 2);
        if (status != DKIM_STAT_OK)
            return status;
    }
    return dkim_eom(dkim, NULL);
}

static inline const char *opendkim_reason(DKIM *dkim, DKIM_STAT status)
{
    const char *text = dkim ? dkim_geterror(dkim) : NULL;

    return text && text[0] ? text : dkim_getresultstr(status);
}

/* Writes the whole header field, last CRLF included, into `out` as a string; on failure the reason. */
static inline bool opendkim_sign(DKIM_LIB *library, const opendkim_options *options, const char *message, size_t n,
                                 char *out, size_t room)
{
    DKIM_STAT status;
    u_char *value = NULL;
    size_t length = 0;
    DKIM *dkim = dkim_sign(library, (const unsigned char *)"bench", NULL, (dkim_sigkey_t)options->pem,
                           (const unsigned char *)options->selector, (const unsigned char *)options->domain,
                           options->header, options->body, options->algorithm, -1, &status);

    if (dkim)
        status = opendkim_feed(dkim, message, n);
    if (dkim && status == DKIM_STAT_OK)
        status = dkim_getsighdr_d(dkim, sizeof DKIM_SIGNHEADER + 1, &value, &length);
    if (dkim && status == DKIM_STAT_OK)
        snprintf(out, room, DKIM_SIGNHEADER ": %s\r\n", (char *)value);
    else
        snprintf(out, room, "%s", opendkim_reason(dkim, status));
    if (dkim)
        dkim_free(dkim);
    return dkim && status == DKIM_STAT_OK;
}

/* Does every signature of the message pass? Where not, why. */
static inline bool opendkim_verify(DKIM_LIB *library, opendkim_zone *zone, const char *message, size_t n, char *why,
                                   size_t room)
{
    DKIM_STAT status;
    DKIM_SIGINFO **signatures = NULL;
    int count = 0;
    bool pass = false;
    DKIM *dkim = dkim_verify(library, (const unsigned char *)"bench", NULL, &status);

    if (!dkim) {
        snprintf(why, room, "%s", dkim_getresultstr(status));
        return false;
    }
    dkim_set_user_context(dkim, zone);
    status = opendkim_feed(dkim, message, n);
    if (dkim_getsiglist(dkim, &signatures, &count) == DKIM_STAT_OK && count > 0) {
        pass = status == DKIM_STAT_OK;
        for (int i = 0; i < count && pass; i++)
            pass = DKIM_SIG_CHECK(signatures[i]);
    }
    if (!pass && count > 0)
        snprintf(why, room, "%s: %s", opendkim_reason(dkim, status),
                 dkim_sig_geterrorstr(dkim_sig_geterror(signatures[0])));
    else if (!pass)
        snprintf(why, room, "%s", opendkim_reason(dkim, status));
    dkim_free(dkim);
    return pass;
}

#endif
