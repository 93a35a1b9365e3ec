/*
 * Does what stands now cover a transmission? Asked when one is staged, when
 * Send is pressed, before a socket is opened, and in the transaction that
 * begins sending.
 */
#include <string.h>

#include "documents/transmission.h"
#include "domain/consent_parts.h"

bool consent_refuse(const struct consents *all, const struct consent *c,
		    struct err *err)
{
	const char *page = service_is_gate(c->service) ? "Privacy" : "Services";
	switch (c->state) {
	case CONSENT_SUSPENDED:
		return err_set(err, ERR_DENIED,
			       "%s changed since it was allowed; confirm it on "
			       "the page %s",
			       c->service->title, page);
	case CONSENT_EXPIRED:
		return err_set(err, ERR_DENIED,
			       "the permission for %s ended by its date; allow "
			       "it again on the page %s",
			       c->service->title, page);
	case CONSENT_ALLOWED:
		return err_set(err, ERR_DENIED,
			       "%s cannot be sent: remote services as a whole "
			       "are %s",
			       c->service->title,
			       all->remote.state == CONSENT_SUSPENDED
				       ? "suspended"
				       : "not allowed");
	case CONSENT_UNSET:
	case CONSENT_NOT_ALLOWED:
		break;
	}
	return err_set(err, ERR_DENIED,
		       "%s is not allowed; it can be allowed on the page %s",
		       c->service->title, page);
}

static bool check_services(unsigned services, struct err *err)
{
	unsigned documents = services & consent_services_known();
	return (documents != 0 &&
		(services & ~SERVICE_BIT(GATE_PERSONAL)) == documents) ||
	       err_set(err, ERR_INVALID, "there is no such service");
}

bool consent_grants(struct db *db, unsigned services, int64_t now,
		    struct transmission_head *head, struct err *err)
{
	struct consents all;
	if (!check_services(services, err) ||
	    !consent_read_decisions(db, now, services, &all, err)) {
		return false;
	}
	struct transmission_grant grants[TRANSMISSION_GRANTS_MAX];
	unsigned effective = all.effective | all.effective_gates;
	size_t count = 0;
	const struct service *s;
	for (size_t i = 0; (s = control_at(i)) != NULL; i++) {
		unsigned bit = SERVICE_BIT(s->id);
		const struct consent *c = consent_of(&all, s->id);
		if ((services & bit) == 0) {
			continue;
		}
		if ((effective & bit) == 0) {
			return consent_refuse(&all, c, err);
		}
		grants[count].service = s->id;
		memcpy(grants[count].id, c->grant, UUID_TEXT_SIZE);
		count++;
	}
	memcpy(head->grants, grants, count * sizeof(grants[0]));
	head->grants_count = count;
	return true;
}

bool consent_covers(struct db *db, unsigned services, const char *grants,
		    int64_t now, struct err *err)
{
	struct transmission_head head = { .grants_count = 0 };
	if (!consent_grants(db, services, now, &head, err)) {
		return false;
	}
	for (size_t i = 0; i < head.grants_count; i++) {
		if (strstr(grants, head.grants[i].id) == NULL) {
			return err_set(
				err, ERR_DENIED,
				"the permission for %s is another one now; "
				"make a new preview",
				service_of(head.grants[i].service)->title);
		}
	}
	return strlen(grants) == head.grants_count * UUID_TEXT_SIZE - 1 ||
	       err_set(err, ERR_DENIED,
		       "the transmission names other grants than its services "
		       "have");
}
