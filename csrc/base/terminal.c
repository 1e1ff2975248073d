/* terminal.c: see terminal.h. */
#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80 };

unsigned ms_terminal_columns(int descriptor)
{
    struct winsize size;

    if (!isatty(descriptor))
        return 0;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return USUAL_COLUMNS;
    return size.ws_col;
}
