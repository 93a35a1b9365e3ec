/*
 * What an envelope may say, for both who write one (transmission.c) and who
 * read one (transmission_reader.c).
 */
#include "documents/envelope.h"

#include <string.h>

#include "documents/field.h"

static bool machine_id_ok(const char *id)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-");
	return len > 0 && id[len] == '\0';
}

bool envelope_check(const struct transmission_head *head, struct err *err)
{
	if (!uuid_valid(head->transaction)) {
		return err_set(err, ERR_INVALID,
			       "the transaction is not a UUID of version 7");
	}
	if (!machine_id_ok(head->machine_id)) {
		return err_set(err, ERR_INVALID,
			       "the machine's id is not of [a-z0-9.-]");
	}
	if (head->reason == NULL ||
	    !field_word_in("button timer alarm sample", head->reason)) {
		return err_set(err, ERR_INVALID,
			       "the reason is not button, timer, alarm or "
			       "sample");
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
		if (service_of(head->grants[i].service) == NULL) {
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
