/* See jobs_fixture.h. */
#include "tests/unit/domain/jobs_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "domain/roles.h"

int jobs_fixture_begin(void **state)
{
	struct jobs_fixture *f = mem_zalloc(sizeof(*f));
	void *t = NULL;
	temporary_db_device(&t);
	f->t = t;
	f->db = f->t->db;
	allow_services(f->db, 0, NOW);
	/* Until a date: the preset ends with the first send. */
	allow_until(f->db, GATE_JOB_DATA, NOW + YEAR_S, NOW);
	sign_in(f, person(f->db, "anna", ROLE_JOB_DATA), NOW, &f->anna);
	sign_in(f, person(f->db, "bert", ROLE_JOB_DATA), NOW, &f->bert);
	f->desks[0] = (struct recipient){ .key = "age1colourdesk",
					  .is_desk = true,
					  .name = "Colour desk",
					  .role = "image quality",
					  .until = NOW + YEAR_S };
	f->desks[1] = (struct recipient){ .key = "age1paperdesk",
					  .is_desk = true,
					  .name = "Paper desk",
					  .role = "paper paths",
					  .until = NOW + YEAR_S };
	*state = f;
	return 0;
}

int jobs_fixture_end(void **state)
{
	struct jobs_fixture *f = *state;
	void *t = f->t;
	assert_ledger_whole(f->db);
	temporary_db_end(&t);
	mem_free(f);
	return 0;
}

void sign_in(struct jobs_fixture *f, int64_t account, int64_t now,
	     struct signed_in *who)
{
	assert_done(sessions_start(f->db, account, "192.0.2.14", now,
				   who->cookie, err));
	assert_done(sessions_find(f->db, who->cookie, now, &who->session, err));
}

static void choose(struct jobs_fixture *f, const char *source,
		   const char *const *jobs, size_t count, int64_t now,
		   struct jobs_order *order)
{
	const struct recipient *desk = &f->desks[0];
	const struct jobs_wish wish = { .session = &f->anna.session,
					.source = source,
					.jobs = jobs,
					.jobs_count = count,
					.recipients = &desk,
					.recipients_count = 1,
					.purpose = "Streaks on page 3",
					.now = now };
	assert_done(jobs_choose(f->db, &wish, order->id, err));
	read_order(f, order);
}

void choose_jobs(struct jobs_fixture *f, size_t jobs, int64_t now,
		 struct jobs_order *order)
{
	static const char *const ids[] = { "job-1", "job-2", "job-3" };
	assert_true(jobs <= 3);
	choose(f, "spool", ids, jobs, now, order);
}

void choose_upload(struct jobs_fixture *f, int64_t now,
		   struct jobs_order *order)
{
	choose(f, JOBS_UPLOAD, NULL, 1, now, order);
}

void form_of(struct form *form, const struct signed_in *who,
	     const struct jobs_order *order, int64_t now)
{
	jobs_token(order, who->cookie, form->token);
	memcpy(form->order, order->id, sizeof(form->order));
	form->sign = (struct jobs_sign){ .session = &who->session,
					 .cookie = who->cookie,
					 .order = form->order,
					 .token = form->token,
					 .password = GOOD_PASSWORD,
					 .now = now };
}

void read_order(struct jobs_fixture *f, struct jobs_order *order)
{
	char id[UUID_TEXT_SIZE];
	memcpy(id, order->id, sizeof(id));
	assert_done(jobs_order(f->db, id, order, err));
}

void read_item(struct jobs_fixture *f, const struct jobs_order *order,
	       size_t number, struct jobs_item *item)
{
	struct jobs_item *list = NULL;
	size_t count = 0;
	assert_done(jobs_items(f->db, order->id, &list, &count, err));
	assert_true(number >= 1 && number <= count);
	*item = list[number - 1];
	mem_free(list);
}

void confirm_jobs(struct jobs_fixture *f, size_t jobs, int64_t now,
		  struct jobs_order *order)
{
	struct form form;
	choose_jobs(f, jobs, now, order);
	form_of(&form, &f->anna, order, now);
	assert_done(jobs_confirm(f->db, &form.sign, err));
	read_order(f, order);
	assert_int_equal(JOBS_CONFIRMED, order->state);
}

static void read_again(struct jobs_fixture *f, struct jobs_item *item)
{
	char id[UUID_TEXT_SIZE];
	memcpy(id, item->transaction, sizeof(id));
	assert_done(jobs_item(f->db, id, item, err));
}

void seal_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now)
{
	struct job_sealed sealed = { .plain_bytes = 7, .sealed_bytes = 300 };
	memset(sealed.plain_sha256, 'a', 64);
	memset(sealed.sealed_sha256, 'b', 64);
	assert_done(jobs_sealed(f->db, item->transaction, &sealed, now, err));
	read_again(f, item);
	assert_int_equal(JOBS_SEALED, item->state);
}

void begin_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now)
{
	assert_done(jobs_begin(f->db, item->transaction, "peer", now, err));
	read_again(f, item);
	assert_int_equal(JOBS_SENDING, item->state);
}

void finish_item(struct jobs_fixture *f, struct jobs_item *item, int64_t now)
{
	assert_done(
		jobs_sent(f->db, item->transaction, "receipt", now, now, err));
	read_again(f, item);
	assert_int_equal(JOBS_SENT, item->state);
}

void assert_order_is(struct jobs_fixture *f, const struct jobs_order *order,
		     enum jobs_order_state state)
{
	struct jobs_order now = *order;
	read_order(f, &now);
	assert_int_equal(state, now.state);
}

void assert_item_is(struct jobs_fixture *f, const struct jobs_item *item,
		    enum jobs_item_state state)
{
	struct jobs_item now = *item;
	read_again(f, &now);
	assert_string_equal(jobs_item_state_name(state),
			    jobs_item_state_name(now.state));
}
