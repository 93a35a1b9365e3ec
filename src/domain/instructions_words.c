/*
 * Instructions in plain words, the same on pages, the command line, in the
 * log and on the server's console: what one does, with nothing of what the
 * vendor wrote.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "documents/service.h"
#include "domain/checkins.h"
#include "domain/instructions.h"

#define NAME_SIZE INSTRUCTION_SERVICES_SIZE

/* The next word of names with one space between; false at the end. */
static bool next_name(const char **at, char name[NAME_SIZE])
{
	size_t len = strcspn(*at, " ");
	if (len == 0 || len >= NAME_SIZE) {
		return false;
	}
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len;
	*at += strspn(*at, " ");
	return true;
}

/* "Maintenance", "Maintenance and Supplies", "A, B and C". */
static void put_services(struct buf *out, const char *services)
{
	char name[NAME_SIZE];
	const char *at = services;
	bool first = true;
	while (next_name(&at, name)) {
		const struct service *service = service_by_name(name);
		if (!first) {
			buf_put_str(out, *at == '\0' ? " and " : ", ");
		}
		buf_put_str(out, service != NULL ? service->title : name);
		first = false;
	}
}

static void put_send(struct buf *out, const struct instruction *is)
{
	buf_put_str(out, "Sends the documents of ");
	put_services(out, is->services);
	buf_put_str(out, " now.");
}

static void put_interval(struct buf *out, const struct instruction *is)
{
	buf_put_str(out, "From now on checks in every ");
	checkin_put_span(out, is->interval_s);
	buf_put_str(out, ".");
}

static void put_package(struct buf *out, const struct instruction *is)
{
	(void)is;
	buf_put_str(out, "Shows on Home that there is a new package; installs "
			 "nothing.");
}

static void put_message(struct buf *out, const struct instruction *is)
{
	(void)is;
	buf_put_str(out, "Shows a message of the vendor on Home.");
}

static void put_renew(struct buf *out, const struct instruction *is)
{
	(void)is;
	buf_put_str(out, "Renews this device's certificate now.");
}

static void put_ledger(struct buf *out, const struct instruction *is)
{
	if (is->from == is->to) {
		buf_printf(out, "Reports entry %" PRIu64, is->from);
	} else {
		buf_printf(out, "Reports entries %" PRIu64 " to %" PRIu64,
			   is->from, is->to);
	}
	buf_put_str(out, " of the log to the server: hashes, sizes and "
			 "results, without names and texts.");
}

static void put_nothing(struct buf *out, const struct instruction *is)
{
	(void)is;
	buf_put_str(out, "Does nothing that this device could read.");
}

static void (*const sentences[INSTRUCTION_KINDS])(
	struct buf *out, const struct instruction *is) = {
	[INSTRUCTION_UNSET] = put_nothing,
	[INSTRUCTION_SEND] = put_send,
	[INSTRUCTION_INTERVAL] = put_interval,
	[INSTRUCTION_PACKAGE] = put_package,
	[INSTRUCTION_MESSAGE] = put_message,
	[INSTRUCTION_RENEW] = put_renew,
	[INSTRUCTION_LEDGER] = put_ledger,
};

void instruction_put_sentence(struct buf *out, const struct instruction *is)
{
	sentences[(unsigned)is->kind < INSTRUCTION_KINDS ? is->kind : 0](out,
									 is);
}

void instruction_put_rule(struct buf *out, const struct instruction_rule *rule)
{
	char until[CLOCK_WORDS_SIZE];
	if (rule->policy == INSTRUCTION_NEVER) {
		buf_put_str(out, "never");
	} else if (rule->policy != INSTRUCTION_ALLOW) {
		buf_put_str(out, "always asked first");
	} else if (rule->until == 0) {
		buf_put_str(out, "allowed without asking");
	} else {
		clock_minute(until, rule->until);
		buf_printf(out, "allowed without asking until %s", until);
	}
}

bool instruction_services(const struct instruction *is, unsigned *services,
			  struct err *err)
{
	char name[NAME_SIZE];
	unsigned bits = 0;
	for (const char *at = is->services; next_name(&at, name);) {
		const struct service *service = service_by_name(name);
		if (service == NULL || (services_with_documents() &
					SERVICE_BIT(service->id)) == 0) {
			return err_set(err, ERR_DENIED,
				       "It asks for \"%.40s\", which is no "
				       "service that sends documents.",
				       name);
		}
		bits |= SERVICE_BIT(service->id);
	}
	*services = bits;
	return true;
}
