/*
 * Fields of set-up, sign-in and the own account. A password of 1,024
 * characters has up to 4,096 bytes; three of them, percent-encoded, fit a form
 * (REQUEST_FORM_MAX). The rows of these pages stand in the tables
 * of the two sites: cgi/device/pages.c, cgi/server/pages.c.
 */
#include "cgi/people/forms.h"

#include <stddef.h>

/* clang-format off */
const struct web_field people_setup_form[] = {
	{ .name = "code", .label = "The set-up code", .max = 32, .required = true },
	{ .name = "name", .label = "Your name", .max = 64, .required = true,
	  .valid = fields_is_word, .hint = PEOPLE_NAME_HINT },
	{ .name = "password", .label = "The password", .max = 4096, .required = true,
	  .valid = fields_is_any, .secret = true },
	{ .name = "again", .label = "The second password", .max = 4096, .required = true,
	  .valid = fields_is_any, .secret = true },
	{ .name = NULL },
};

const struct web_field people_login_query[] = {
	{ .name = "next", .label = "The address", .max = 512, .valid = fields_is_own_path },
	{ .name = "out", .label = "The mark", .valid = fields_is_flag },
	{ .name = "ended", .label = "The mark", .valid = fields_is_flag },
	{ .name = "made", .label = "The mark", .valid = fields_is_flag },
	{ .name = NULL },
};

const struct web_field people_login_form[] = {
	{ .name = "name", .label = "The name", .max = 64, .required = true },
	{ .name = "password", .label = "The password", .max = 4096, .required = true,
	  .valid = fields_is_any, .secret = true },
	{ .name = "next", .label = "The address", .max = 512, .valid = fields_is_own_path },
	{ .name = NULL },
};

const struct web_field people_account_query[] = {
	{ .name = "done", .label = "The mark", .valid = fields_is_word },
	{ .name = "failures", .label = "The number", .max = 9, .valid = fields_is_number },
	{ .name = NULL },
};

const struct web_field people_account_form[] = {
	{ .name = "do", .label = "The button", .valid = fields_is_word },
	{ .name = "end", .label = "The session", .max = 20, .valid = fields_is_number },
	{ .name = "old", .label = "The present password", .max = 4096,
	  .valid = fields_is_any, .secret = true },
	{ .name = "password", .label = "The new password", .max = 4096,
	  .valid = fields_is_any, .secret = true },
	{ .name = "again", .label = "The second password", .max = 4096,
	  .valid = fields_is_any, .secret = true },
	{ .name = NULL },
};
/* clang-format on */
