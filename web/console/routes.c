#include "web/console/gate.h"

#include "web/console/handlers.h"

const struct route console_routes[] = {
	{ "GET", "/console/assets/*", ACCESS_NONE, 0, console_asset },
	{ "GET", "/console", ACCESS_READ, 0, console_start },
	{ "GET", "/console/", ACCESS_READ, 0, console_start },
	{ "GET", "/console/sign-in", ACCESS_NONE, 0, console_sign_in_page },
	{ "POST", "/console/sign-in", ACCESS_NONE, LIMIT_WEB_FORM_BYTES,
	    console_sign_in },
	{ "POST", "/console/sign-out", ACCESS_NONE, LIMIT_WEB_FORM_BYTES,
	    console_sign_out },
	{ "GET", "/console/values", ACCESS_READ, 0, console_list },
	{ "GET", "/console/values/*", ACCESS_READ, 0, console_value },
	{ "GET", "/console/add", ACCESS_WRITE, 0, console_add_page },
	{ "POST", "/console/add", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    console_add },
	{ "GET", "/console/contacts", ACCESS_READ, 0, console_contacts },
	{ "POST", "/console/contacts", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    console_contact_new },
	{ "GET", "/console/contacts/*", ACCESS_READ, 0, console_contact },
	{ "POST", "/console/contacts/*", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    console_contact_change },
	{ "GET", "/console/dashboard", ACCESS_READ, 0, console_dashboard },
	{ "GET", "/console/review", ACCESS_READ, 0, console_review },
	{ "POST", "/console/review", ACCESS_WRITE, LIMIT_WEB_FORM_BYTES,
	    console_review_settle },
	{ "GET", "/console/imports", ACCESS_WRITE, 0, console_imports },
	{ "POST", "/console/imports", ACCESS_WRITE, ROUTE_IMPORT_BYTES,
	    console_import },
	{ "POST", "/console/imports/undo", ACCESS_WRITE, LIMIT_WEB_FORM_BYTES,
	    console_import_undo },
	{ "POST", "/console/remove", ACCESS_WRITE, LIMIT_WEB_JSON_BYTES,
	    console_remove },
};
const size_t console_routes_n = ARRAY_LEN(console_routes);
