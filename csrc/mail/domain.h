/* domain.h: domain names as mail authentication writes them, and their internationalised form.
 *
 * ms_domain_valid is the gate before DNS: a d= or s= that does not pass it costs no query
 * (RFC 6376 §3.5, RFC 1035 §2.3.4). ms_domain_to_ascii turns a name as a person typed it, or as
 * an SMTPUTF8 message holds it (RFC 8616 §4), into lower-case A-labels (RFC 5890 §2.3.2.1), so that
 * names can be compared and asked for; ms_domain_to_unicode turns it back, to be shown.
 *
 * A label outside ASCII is mapped as RFC 5895 advises (lower case, full width to plain, composed,
 * ideographic full stops to dots) and must then hold letters, marks and digits alone (RFC 5892 §2.1).
 * Two contextual rules of its appendix A are known, the middle dots of Catalan and of Katakana; the
 * other contextual characters are refused. The rule for right-to-left labels (RFC 5893) is the registry's
 * affair and not looked at.
 */
#ifndef MS_MAIL_DOMAIN_H
#define MS_MAIL_DOMAIN_H

#include "base/buf.h"
#include "base/error.h"

enum {
    MS_DOMAIN_MAX = 253,
    MS_LABEL_MAX = 63,
};

/* Labels of 1 to 63 letters, digits, hyphens and underscores, 253 characters at most, no dot at the end. */
bool ms_domain_valid(ms_span name);

/* Is domain `name` the same as `parent` or below it, compared label by label (RFC 6376 §3.5 i=)? */
bool ms_domain_within(ms_span name, ms_span parent);

/* Appends the name in lower-case A-labels to *out. Codes: "bad_utf8", "bad_label" (what a label may not
 * hold), "empty_label", "label_too_long", "name_too_long", "no_memory". On failure *out is as it was. */
bool ms_domain_to_ascii(ms_span name, ms_buf *out, ms_error *error);

/* Appends the name in lower case with every A-label as the U-label it stands for, where it truly is
 * one that ms_domain_to_ascii would give; other labels stay. Fails as ms_domain_to_ascii does. */
bool ms_domain_to_unicode(ms_span name, ms_buf *out, ms_error *error);

#endif
