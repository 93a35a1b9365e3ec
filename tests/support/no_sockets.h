#ifndef SLUICE_TESTS_SUPPORT_NO_SOCKETS_H
#define SLUICE_TESTS_SUPPORT_NO_SOCKETS_H

#include <stdbool.h>

/*
 * From here on any attempt of this process, or of one that it starts, to make
 * a socket kills it. false: this kernel cannot do that.
 */
bool no_sockets(void);

#endif
