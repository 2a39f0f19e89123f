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

/* api_contacts.c */
route_fn handle_contacts_list;
route_fn handle_contact_add;
route_fn handle_contact;
route_fn handle_contact_activity;
route_fn handle_contact_set;
route_fn handle_contact_block;
route_fn handle_contact_unblock;
route_fn handle_contact_remove;

/* api_reports.c */
route_fn handle_report;

/* api_imports.c */
route_fn handle_imports;
route_fn handle_import;
route_fn handle_import_undo;

/* api_stats.c */
route_fn handle_stats;

/* api_doc.c */
route_fn handle_openapi;

#endif
