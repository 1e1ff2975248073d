/* sink.h: where canonical octets go.
 *
 * Long runs are handed on as they lie in the message; short ones are gathered first, for a hash takes
 * a block of 4 KB in one call much sooner than in a hundred.
 */
#ifndef MS_MAIL_SINK_H
#define MS_MAIL_SINK_H

#include "base/buf.h"

typedef void ms_sink_write(void *to, const char *p, size_t n);

/* Writes to an ms_buf. */
static inline void ms_write_to_buf(void *to, const char *p, size_t n)
{
    ms_buf_add(to, p, n);
}

enum {
    MS_GATHER_SIZE = 4096,
    MS_DIRECT_SIZE = 512, /* a run of this length is worth a call of its own */
};

/* Flush it before what it writes to is asked for. */
typedef struct ms_sink {
    ms_sink_write *write;
    void *to;
    size_t gathered;
    char gather[MS_GATHER_SIZE];
} ms_sink;

static inline void ms_sink_init(ms_sink *sink, ms_sink_write *write, void *to)
{
    sink->write = write;
    sink->to = to;
    sink->gathered = 0;
}

static inline void ms_sink_flush(ms_sink *sink)
{
    if (sink->gathered > 0)
        sink->write(sink->to, sink->gather, sink->gathered);
    sink->gathered = 0;
}

static inline void ms_sink_add(ms_sink *sink, const char *p, size_t n)
{
    if (n >= MS_DIRECT_SIZE) {
        ms_sink_flush(sink);
        sink->write(sink->to, p, n);
        return;
    }
    if (n > MS_GATHER_SIZE - sink->gathered)
        ms_sink_flush(sink);
    memcpy(sink->gather + sink->gathered, p, n);
    sink->gathered += n;
}

/* The same, for the short runs between one change and the next. `readable` octets may be read at `p`, n or more: where
 * that lets it copy a block of fixed size, which needs no branch on n, it does, and leaves what is too much to be
 * written over. */
static inline void ms_sink_add_run(ms_sink *sink, const char *p, size_t n, size_t readable)
{
    enum { BLOCK = 64 };

    if (n > BLOCK || readable < BLOCK || MS_GATHER_SIZE - sink->gathered < BLOCK) {
        ms_sink_add(sink, p, n);
        return;
    }
    memcpy(sink->gather + sink->gathered, p, BLOCK);
    sink->gathered += n;
}

#endif
