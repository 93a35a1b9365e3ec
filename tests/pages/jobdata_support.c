/* What the tests of job data share; see the header. */
#include "tests/pages/jobdata_support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "domain/consent.h"
#include "domain/job_answer.h"
#include "domain/job_settings.h"
#include "domain/recipient_list.h"
#include "tests/support/vendor.h"
#include "web/csrf.h"

/* ---- the device ---- */

static void add_source(struct jobdata_pages *p)
{
	static const char more[] =
		"[jobs]\nvendor_verifier = vendor.verifier\n"
		"max_bytes = 100000\n"
		"[jobs:spool]\nprogram = /bin/true\ntitle = Spool folder\n";
	char *conf = files_join(p->pages.dir, "sluice.conf");
	struct buf text = BUF_INIT;

	assert_true(files_read(conf, 65536, &text, NULL));
	buf_put_str(&text, more);
	assert_true(files_write(conf, text.data, text.len, 0644, NULL));
	device_config_clear(&p->pages.config);
	assert_true(device_config_load(conf, &p->pages.config, NULL));
	buf_clear(&text);
	mem_free(conf);
}

static void add_recipients(struct jobdata_pages *p)
{
	char *path = files_join(p->pages.dir, "vendor.verifier");
	struct note_verifier vendor;
	struct recipients list;
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };

	vendor_trust(path);
	vendor_verifier(&vendor);
	vendor_list(&list, 7, p->pages.now);
	vendor_sign(&list, &text);
	if (!recipient_list_take(p->pages.db, "test", buf_str(&text), text.len,
				 &vendor, p->pages.now, NULL, &err)) {
		fail_msg("%s", err.text);
	}
	memcpy(p->recipient, list.of[0].key, sizeof(p->recipient));
	buf_clear(&text);
	mem_free(path);
}

static void add_wake(struct jobdata_pages *p)
{
	char *path = device_config_state_path(&p->pages.config, "wake");

	assert_int_equal(mkfifo(path, 0600), 0);
	p->wake = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(p->wake >= 0);
	mem_free(path);
}

/* A second session of "sven". */
static void add_elsewhere(struct jobdata_pages *p)
{
	struct session session;
	char token[SESSION_TOKEN_SIZE];

	assert_true(sessions_find(p->pages.db, p->sender.cookie, p->pages.now,
				  &session, NULL));
	assert_true(sessions_start(p->pages.db, session.account.id, "192.0.2.2",
				   p->pages.now, token, NULL));
	p->elsewhere = p->sender;
	snprintf(p->elsewhere.cookie, sizeof(p->elsewhere.cookie), "%s", token);
}

int jobdata_set_up(void **state)
{
	struct jobdata_pages *p = *state;

	assert_int_equal(pages_set_up(state), 0);
	add_source(p);
	add_recipients(p);
	add_wake(p);
	p->sender = pages_person(&p->pages, "sven", ROLE_JOB_DATA);
	p->another = pages_person(&p->pages, "anna", ROLE_JOB_DATA);
	add_elsewhere(p);
	jobdata_allow(p);
	return 0;
}

int jobdata_tear_down(void **state)
{
	struct jobdata_pages *p = *state;

	(void)close(p->wake);
	return pages_tear_down(state);
}

void jobdata_allow(struct jobdata_pages *p)
{
	assert_true(consent_allow(p->pages.db, "frontdesk", SERVICE_UNSET,
				  p->pages.now, NULL));
	assert_true(consent_allow(p->pages.db, "ada", GATE_JOB_DATA,
				  p->pages.now, NULL));
}

void jobdata_withdraw(struct jobdata_pages *p)
{
	assert_true(consent_withdraw(p->pages.db, "ada", GATE_JOB_DATA,
				     p->pages.now, NULL, NULL));
}

void jobdata_two_people(struct jobdata_pages *p)
{
	assert_true(job_setting_set(p->pages.db, "ada", "job_data_two_people",
				    "on", p->pages.now, NULL));
}

/* ---- the daemon's place ---- */

/* Name of the FIFO that a page made; the page waits, so there is one. */
static bool find_key(const char *state, char *key, size_t size)
{
	DIR *folder = opendir(state);
	const struct dirent *entry;
	bool found = false;

	while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
		found = strncmp(entry->d_name, "jobs-", 5) == 0;
		if (found) {
			snprintf(key, size, "%s", entry->d_name + 5);
		}
	}
	if (folder != NULL) {
		(void)closedir(folder);
	}
	return found;
}

/* The child: waits until a page wakes the daemon, answers, ends. */
static void answer(const struct jobdata_pages *p, const char *list)
{
	const char *state = p->pages.config.state;
	char key[256], byte;

	(void)fcntl(p->wake, F_SETFL, 0);
	if (read(p->wake, &byte, 1) != 1 ||
	    !find_key(state, key, sizeof(key)) ||
	    !job_answer_give(state, key, list, strlen(list), 20000, NULL)) {
		_exit(1);
	}
	_exit(0);
}

static pid_t start_answer(struct jobdata_pages *p, const char *list)
{
	char old[64];

	while (read(p->wake, old, sizeof(old)) > 0) {
		/* wakes of earlier pages */
	}
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		answer(p, list);
	}
	return child;
}

/* A page that did not ask leaves it waiting. */
static void end_answer(struct jobdata_pages *p, pid_t child)
{
	(void)kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)fcntl(p->wake, F_SETFL, O_NONBLOCK);
}

struct answer jobdata_get(struct jobdata_pages *p, const struct person *who,
			  const char *path, const char *list)
{
	pid_t child = start_answer(p, list);
	struct answer answer = pages_get(&p->pages, who, path);

	end_answer(p, child);
	return answer;
}

struct answer jobdata_post(struct jobdata_pages *p, const struct person *who,
			   const char *path, const char *form, const char *list)
{
	pid_t child = start_answer(p, list);
	struct answer answer = pages_post(&p->pages, who, path, form);

	end_answer(p, child);
	return answer;
}

/* ---- orders ---- */

struct jobs_order jobdata_order_of(struct jobdata_pages *p, const char *id)
{
	struct jobs_order order;

	assert_true(jobs_order(p->pages.db, id, &order, NULL));
	return order;
}

struct jobs_item jobdata_item(struct jobdata_pages *p, const char *order,
			      size_t number)
{
	struct jobs_item *items = NULL;
	size_t count = 0;

	assert_true(jobs_items(p->pages.db, order, &items, &count, NULL));
	assert_true(number < count);
	struct jobs_item item = items[number];

	mem_free(items);
	return item;
}

struct jobs_order jobdata_choose(struct jobdata_pages *p, const char *source)
{
	static const char *const jobs[] = { "new", "old" };
	bool upload = strcmp(source, JOBS_UPLOAD) == 0;
	struct note_verifier vendor;
	struct recipients list;
	struct session session;
	struct err err = { .kind = ERR_NONE };
	char id[UUID_TEXT_SIZE];

	vendor_verifier(&vendor);
	assert_true(recipient_list_load(p->pages.db, &vendor, p->pages.now,
					&list, NULL));
	assert_true(sessions_find(p->pages.db, p->sender.cookie, p->pages.now,
				  &session, NULL));
	const struct recipient *const to[] = { &list.of[0] };
	const struct jobs_wish wish = {
		.session = &session,
		.source = source,
		.jobs = upload ? NULL : jobs,
		.jobs_count = upload ? 1 : 2,
		.recipients = to,
		.recipients_count = 1,
		.purpose = "look at the colours",
		.now = p->pages.now,
	};

	if (!jobs_choose(p->pages.db, &wish, id, &err)) {
		fail_msg("%s", err.text);
	}
	return jobdata_order_of(p, id);
}

struct jobs_order jobdata_confirmed(struct jobdata_pages *p, const char *source)
{
	struct jobs_order order = jobdata_choose(p, source);
	struct session session;
	struct err err = { .kind = ERR_NONE };
	char token[JOBS_TOKEN_SIZE];

	assert_true(sessions_find(p->pages.db, p->sender.cookie, p->pages.now,
				  &session, NULL));
	jobs_token(&order, p->sender.cookie, token);
	const struct jobs_sign sign = {
		.session = &session,
		.cookie = p->sender.cookie,
		.order = order.id,
		.token = token,
		.password = PAGES_PASSWORD,
		.now = p->pages.now,
	};

	if (!jobs_confirm(p->pages.db, &sign, &err)) {
		fail_msg("%s", err.text);
	}
	return jobdata_order_of(p, order.id);
}

const char *jobdata_sign_form(const struct jobs_order *order,
			      const struct person *who, const char *password)
{
	static char form[256];
	char token[JOBS_TOKEN_SIZE];

	jobs_token(order, who->cookie, token);
	snprintf(form, sizeof(form), "token=%s&password=%s", token, password);
	for (char *at = form; *at != '\0'; at++) {
		*at = *at == ' ' ? '+' : *at;
	}
	return form;
}

const char *jobdata_path(const char *step, const struct jobs_order *order)
{
	static char path[80];

	snprintf(path, sizeof(path), "/jobdata/%s%s", step, order->id);
	return path;
}
