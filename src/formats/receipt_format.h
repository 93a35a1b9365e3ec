#ifndef SLUICE_FORMATS_RECEIPT_FORMAT_H
#define SLUICE_FORMATS_RECEIPT_FORMAT_H

#include "formats/note_fields.h"

/*
 * Fields of a receipt, docs/wire.md: the one table by which the server writes
 * receipts and the client reads them.
 */
extern const struct note_format receipt_format;

#endif
