/*
 * handlers - the functions of the table of routes, by file.
 */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "web/routes.h"

/* health.c */
route_fn handle_health;

/* unsubscribe.c */
route_fn handle_unsubscribe_page;
route_fn handle_unsubscribe;
route_fn handle_unsubscribe_style;

#endif
