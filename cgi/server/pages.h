#ifndef SLUICE_CGI_SERVER_PAGES_H
#define SLUICE_CGI_SERVER_PAGES_H

#include <stdbool.h>

#include "base/err.h"
#include "cgi/people/people.h"
#include "web/router.h"

/* The table of pages, and the entries of the navigation. */
extern const struct page console_pages[];
extern const struct navigation console_navigation[];

/* Handlers, one file a page: see struct page. */
bool console_home_show(struct visit *visit, struct err *err);
bool console_devices_show(struct visit *visit, struct err *err);
bool console_device_show(struct visit *visit, struct err *err);
bool console_device_act(struct visit *visit, struct err *err);
bool console_transaction_show(struct visit *visit, struct err *err);
bool console_bytes_show(struct visit *visit, struct err *err);
bool console_jobdata_show(struct visit *visit, struct err *err);
bool console_jobdata_one_show(struct visit *visit, struct err *err);
bool console_jobdata_act(struct visit *visit, struct err *err);
bool console_enrol_show(struct visit *visit, struct err *err);
bool console_enrol_act(struct visit *visit, struct err *err);
bool console_certificate_show(struct visit *visit, struct err *err);
bool console_certificate_act(struct visit *visit, struct err *err);
bool console_about_show(struct visit *visit, struct err *err);

#endif
