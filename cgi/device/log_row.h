#ifndef SLUICE_CGI_DEVICE_LOG_ROW_H
#define SLUICE_CGI_DEVICE_LOG_ROW_H

#include <jansson.h>

#include "domain/ledger.h"

/* One line of the log: time, sequence, kind, details, actor, bytes, tag. */
void log_row_fill(json_t *row, const struct ledger_entry *entry);

#endif
