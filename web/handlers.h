/*
 * handlers - the functions of the table of routes, by file.
 */
#ifndef WEB_HANDLERS_H
#define WEB_HANDLERS_H

#include "web/routes.h"

/* health.c */
route_fn handle_health;

/* metrics.c */
route_fn handle_metrics;

/* unsubscribe.c */
route_fn handle_unsubscribe_page;
route_fn handle_unsubscribe;
route_fn handle_unsubscribe_style;

/* api_values.c */
route_fn handle_values_add;
route_fn handle_values_remove;
route_fn handle_values_check;
route_fn handle_value;

/* api_lists.c */
route_fn handle_values_list;
route_fn handle_history;

/* api_doc.c */
route_fn handle_openapi;

#endif
