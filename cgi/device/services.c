/*
 * Services: each one and remote services as a whole, a control of its own,
 * with the same two buttons to give and to withdraw. The gates are never
 * among them: they are on Privacy. One control is shown and decided on in
 * control.c, its own page is service.c.
 */
#include "cgi/device/control.h"
#include "cgi/device/app.h"
#include "cgi/device/pages.h"
#include "cgi/device/state.h"
#include "web/view.h"

/* A longer list of changes stands on the page of the service. */
#define CHANGES_SHOWN 12

bool services_show(struct visit *visit, struct err *err)
{
	json_t *controls = view_array(visit->view, "controls");
	struct consents all;

	if (!consent_read(app_of(visit)->db, visit->request->now, &all, err) ||
	    !control_fill(visit, view_item(controls), &all.remote, 0, err)) {
		return false;
	}
	for (size_t i = 0; i < all.count; i++) {
		if (!control_fill(visit, view_item(controls), &all.services[i],
				  CHANGES_SHOWN, err)) {
			return false;
		}
	}
	view_flag(visit->view, "list", true);
	view_flag(visit->view, "decides", people_may(visit, ROLE_CUSTOMER));
	control_tell(visit, &all);
	return state_fill(visit, &all, err);
}

bool services_act(struct visit *visit, struct err *err)
{
	const struct service *service;

	if (!control_find(request_form(visit->request, "service"), false,
			  &service)) {
		return visit_fail(visit, 400, err,
				  "There is no service of that name.");
	}
	return control_act(visit, service, "/services", err);
}
