/* terminal.h: is a stream of the process a terminal, and how wide is it? */
#ifndef MS_BASE_TERMINAL_H
#define MS_BASE_TERMINAL_H

/* The columns of the terminal behind a descriptor, 80 where it does not tell; 0 where there is no terminal. */
unsigned ms_terminal_columns(int descriptor);

#endif
