#ifndef SLUICE_CGI_DEVICE_LOG_HEAD_H
#define SLUICE_CGI_DEVICE_LOG_HEAD_H

#include "base/buf.h"
#include "web/router.h"

/*
 * Appends the verifier of the key that signs this log's heads; nothing if it
 * cannot be read, which is no failure of a page.
 */
void log_head_key(struct visit *visit, struct buf *key);

/* Puts "own_key" and "server_key": the verifiers that check a head. */
void log_head_fill_keys(struct visit *visit);

#endif
