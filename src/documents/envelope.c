/*
 * What an envelope may say, for both who write one (transmission.c) and who
 * read one (transmission_reader.c).
 */
#include "documents/envelope.h"

#include <string.h>

#include "documents/field.h"

bool envelope_machine_id_is_valid(const char *id)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	return len >= 1 && len <= ENVELOPE_MACHINE_ID_MAX && id[len] == '\0';
}

bool envelope_check(const struct transmission_head *head, struct err *err)
{
	if (!uuid_valid(head->transaction)) {
		return err_set(err, ERR_INVALID,
			       "the transaction is not a UUID of version 7");
	}
	if (!envelope_machine_id_is_valid(head->machine_id)) {
		return err_set(err, ERR_INVALID,
			       "the machine's id is not of [a-z0-9.-]");
	}
	if (head->reason == NULL ||
	    !field_word_in("button timer alarm instruction sample",
			   head->reason)) {
		return err_set(err, ERR_INVALID,
			       "the reason is not button, timer, alarm, "
			       "instruction or sample");
	}
	if (head->collected_at <= 0) {
		return err_set(err, ERR_INVALID,
			       "it is not said when it was collected");
	}
	if (head->grants_count > TRANSMISSION_GRANTS_MAX) {
		return err_set(err, ERR_LIMIT, "there are too many grants");
	}
	unsigned services = 0;
	for (size_t i = 0; i < head->grants_count; i++) {
		if (service_of(head->grants[i].service) == NULL ||
		    head->grants[i].service == GATE_JOB_DATA) {
			return err_set(err, ERR_INVALID,
				       "a grant is for no known service");
		}
		unsigned bit = SERVICE_BIT(head->grants[i].service);
		if ((services & bit) != 0 || !uuid_valid(head->grants[i].id)) {
			return err_set(err, ERR_INVALID,
				       "a grant's id is not a UUID, or two "
				       "are for one service");
		}
		services |= bit;
	}
	return true;
}
