/* uri.h: the URIs that records name: where a logo lies, where reports go (RFC 3986; RFC 6068 for mailto).
 *
 * Read strictly and cut into what the records' own rules are about. Nothing is decoded.
 */
#ifndef MS_RECORD_URI_H
#define MS_RECORD_URI_H

#include "base/span.h"

typedef struct ms_uri {
    ms_span scheme; /* as written: "https"; letters of either case are the same */
    ms_span host;   /* behind "//": a name, an address, or one in brackets; empty where there is no "//" */
    ms_span path;   /* of mailto: the address; behind it stands at most "?…" and "#…" */
} ms_uri;

/* False where it is no URI: no scheme, a character that has to be encoded, a "%" that encodes nothing, white space.
 * "!",
 * "," and ";" pass here, though lists of URIs ask that they are encoded. */
bool ms_uri_read(ms_span text, ms_uri *uri);

/* https to a host with a full name: at least two labels, no address, no name and password in front of it. */
bool ms_uri_is_https(const ms_uri *uri);

/* mailto to one address, with a domain that can be asked for in DNS. */
bool ms_uri_is_mailto(const ms_uri *uri);

/* local@domain, alone. */
bool ms_uri_is_address(ms_span text);

#endif
