#ifndef SLUICE_DOMAIN_LEDGER_EXPORT_H
#define SLUICE_DOMAIN_LEDGER_EXPORT_H

#include "base/buf.h"
#include "domain/ledger.h"

/*
 * Forms of an exported ledger; ledger_export.c specifies them. Scripts read
 * them.
 */
enum ledger_format {
	LEDGER_FORMAT_UNSET = 0,
	LEDGER_FORMAT_CSV,
	LEDGER_FORMAT_JSON,
	LEDGER_FORMAT_XML
};

/* "csv", "json", "xml"; LEDGER_FORMAT_UNSET if none of these. */
enum ledger_format ledger_format_by_name(const char *name);
const char *ledger_format_type(enum ledger_format format); /* Content-Type */

/* What stands before, each entry, what stands after. Appended to out. */
void ledger_export_begin(struct buf *out, enum ledger_format format);
void ledger_export_entry(struct buf *out, enum ledger_format format,
			 const struct ledger_entry *entry);
void ledger_export_end(struct buf *out, enum ledger_format format);

#endif
