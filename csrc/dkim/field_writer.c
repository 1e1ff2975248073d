/* field_writer.c: writing a folded header field. See field_writer.h. */
#include "dkim/field_writer.h"

enum {
    COLUMNS = 78,
    TAB_COLUMNS = 8, /* a continuation line starts with a TAB, and is counted as it looks */
};

static void fold(ms_field_writer *writer)
{
    ms_buf_add_str(writer->out, "\r\n\t");
    writer->column = TAB_COLUMNS;
}

void ms_field_begin(ms_field_writer *writer, ms_buf *out, const char *name)
{
    writer->out = out;
    writer->column = 0;
    ms_field_add(writer, ms_span_str(name));
    ms_field_add(writer, MS_LIT(":"));
}

void ms_field_word(ms_field_writer *writer, size_t n)
{
    if (writer->column + 1 + n > COLUMNS)
        fold(writer);
    else
        ms_field_add(writer, MS_LIT(" "));
}

void ms_field_may_fold(ms_field_writer *writer, size_t n)
{
    if (writer->column + n > COLUMNS && writer->column > TAB_COLUMNS)
        fold(writer);
}

void ms_field_add(ms_field_writer *writer, ms_span text)
{
    ms_buf_add_span(writer->out, text);
    writer->column += text.n;
}

void ms_field_add_breakable(ms_field_writer *writer, ms_span text)
{
    while (text.n > 0) {
        size_t room, n;

        ms_field_may_fold(writer, 1);
        room = COLUMNS - writer->column;
        n = text.n < room ? text.n : room;
        ms_field_add(writer, ms_span_of(text.p, n));
        text.p += n;
        text.n -= n;
    }
}
