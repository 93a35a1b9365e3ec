#ifndef SLUICE_CRYPTO_RANDOM_H
#define SLUICE_CRYPTO_RANDOM_H

#include <stddef.h>

/*
 * Fills dst with bytes from the kernel's generator. Waits until the kernel
 * has seeded it (only in early boot); aborts when the kernel has none,
 * because nothing that needs a secret may go on without it.
 */
void random_bytes(void *dst, size_t len);

#endif
