#ifndef SLUICE_CGI_DEVICE_PAGES_H
#define SLUICE_CGI_DEVICE_PAGES_H

#include <stdbool.h>

#include "base/err.h"
#include "cgi/people/people.h"
#include "domain/roles.h"
#include "web/router.h"

/* Roles that several pages share. */
enum page_readers {
	/* Who makes and sees previews. */
	SEES_DATA = ROLE_CUSTOMER | ROLE_OPERATOR,
	/* Who reads what was sent. */
	SEES_SENT = ROLE_CUSTOMER | ROLE_OPERATOR | ROLE_AUDITOR,
	READS_LOG = ROLE_CUSTOMER | ROLE_AUDITOR | ROLE_ADMIN,
	/* Who may end every permission at once, and sets the device up. */
	WITHDRAWS = ROLE_CUSTOMER | ROLE_ADMIN,
	SETS_UP = ROLE_CUSTOMER | ROLE_ADMIN,
	/* Who sees that job data was sent; choosing needs ROLE_JOB_DATA. */
	SEES_JOBS = ROLE_JOB_DATA | ROLE_ADMIN | ROLE_CUSTOMER | ROLE_AUDITOR,
	CANCELS_JOBS = ROLE_JOB_DATA | WITHDRAWS,
	/* Who says yes or no to what the vendor asks. */
	DECIDES_INSTRUCTIONS = ROLE_CUSTOMER | ROLE_ADMIN,
};

/* The table of pages, and the entries of the navigation. */
extern const struct page device_pages[];
extern const struct navigation device_navigation[];

/* Handlers, one file a page: see struct page. */
bool home_show(struct visit *visit, struct err *err);
bool home_act(struct visit *visit, struct err *err);
bool users_show(struct visit *visit, struct err *err);
bool users_act(struct visit *visit, struct err *err);
bool users_pauses_act(struct visit *visit, struct err *err);
bool user_show(struct visit *visit, struct err *err);
bool user_act(struct visit *visit, struct err *err);
bool services_show(struct visit *visit, struct err *err);
bool services_act(struct visit *visit, struct err *err);
bool service_show(struct visit *visit, struct err *err);
bool service_act(struct visit *visit, struct err *err);
bool privacy_show(struct visit *visit, struct err *err);
bool privacy_act(struct visit *visit, struct err *err);
bool privacy_withdraw_show(struct visit *visit, struct err *err);
bool privacy_withdraw_act(struct visit *visit, struct err *err);
bool preview_show(struct visit *visit, struct err *err);
bool preview_act(struct visit *visit, struct err *err);
bool preview_one_show(struct visit *visit, struct err *err);
bool bytes_show(struct visit *visit, struct err *err);
bool send_show(struct visit *visit, struct err *err);
bool send_one_show(struct visit *visit, struct err *err);
bool send_one_act(struct visit *visit, struct err *err);
bool cancel_act(struct visit *visit, struct err *err);
bool record_show(struct visit *visit, struct err *err);
bool jobdata_show(struct visit *visit, struct err *err);
bool jobdata_act(struct visit *visit, struct err *err);
bool jobdata_one_show(struct visit *visit, struct err *err);
bool jobdata_send_act(struct visit *visit, struct err *err);
bool jobdata_agree_act(struct visit *visit, struct err *err);
bool jobdata_cancel_act(struct visit *visit, struct err *err);
bool jobdata_ask_act(struct visit *visit, struct err *err);
bool jobdata_file_act(struct visit *visit, struct err *err);
bool jobdata_record_show(struct visit *visit, struct err *err);
bool log_show(struct visit *visit, struct err *err);
bool log_entry_show(struct visit *visit, struct err *err);
bool privacy_record_show(struct visit *visit, struct err *err);
bool log_export_show(struct visit *visit, struct err *err);
bool log_head_show(struct visit *visit, struct err *err);
bool log_verify_show(struct visit *visit, struct err *err);
bool log_server_show(struct visit *visit, struct err *err);
bool log_server_act(struct visit *visit, struct err *err);
bool network_show(struct visit *visit, struct err *err);
bool network_test_show(struct visit *visit, struct err *err);
bool network_test_act(struct visit *visit, struct err *err);
bool network_certificate_show(struct visit *visit, struct err *err);
bool network_certificate_act(struct visit *visit, struct err *err);
bool network_checkins_show(struct visit *visit, struct err *err);
bool network_checkins_act(struct visit *visit, struct err *err);
bool network_checkin_show(struct visit *visit, struct err *err);
bool network_limits_show(struct visit *visit, struct err *err);
bool network_limits_act(struct visit *visit, struct err *err);
bool instructions_show(struct visit *visit, struct err *err);
bool instructions_act(struct visit *visit, struct err *err);
bool settings_show(struct visit *visit, struct err *err);
bool settings_act(struct visit *visit, struct err *err);
bool catalogue_show(struct visit *visit, struct err *err);
bool about_show(struct visit *visit, struct err *err);
bool help_show(struct visit *visit, struct err *err);

#endif
