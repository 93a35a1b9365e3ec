#ifndef SLUICE_CGI_PEOPLE_FORMS_H
#define SLUICE_CGI_PEOPLE_FORMS_H

#include "web/fields.h"

/* What a name may be made of, to whom typed something else. */
#define PEOPLE_NAME_HINT "Use letters, digits, dot, dash and underscore."

/* Fields of the pages that both sites have, for their tables of pages. */
extern const struct web_field people_setup_form[];
extern const struct web_field people_login_query[];
extern const struct web_field people_login_form[];
extern const struct web_field people_account_query[];
extern const struct web_field people_account_form[];

#endif
