#ifndef SLUICE_DOCUMENTS_ENVELOPE_H
#define SLUICE_DOCUMENTS_ENVELOPE_H

#include "documents/transmission.h"

#define ENVELOPE_MACHINE_ID_MAX 64

/* The id of a device: 1 to 64 small letters, digits, dots or dashes. */
bool envelope_machine_id_is_valid(const char *id);

/*
 * Is what a head holds so far of the right form: transaction, machine id,
 * reason, time, grants with an id each and no service twice? Used by the
 * writer and the reader of transmissions. Errors: INVALID, LIMIT.
 */
MUST_USE bool envelope_check(const struct transmission_head *head,
			     struct err *err);

#endif
