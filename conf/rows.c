#include "conf/settings.h"

const struct name conf_source_names[] = {
	{ 1, "user" },
	{ 2, "api" },
	{ 3, "lead" },
	{ 4, "bounced" },
	{ 5, "abuse" },
	{ 0, NULL },
};

const struct name action_names[] = {
	{ ACTION_REJECT, "reject" },
	{ ACTION_REMOVE, "remove" },
	{ ACTION_HOLD, "hold" },
	{ ACTION_DEFER, "defer" },
	{ ACTION_OBSERVE, "observe" },
	{ 0, NULL },
};

const struct name on_error_names[] = {
	{ ON_ERROR_DEFER, "defer" },
	{ ON_ERROR_ACCEPT, "accept" },
	{ 0, NULL },
};

const struct name conf_privacy_names[] = {
	{ CONF_PLAIN, "plain" },
	{ CONF_HASHED, "hashed" },
	{ 0, NULL },
};

const struct name processed_names[] = {
	{ PROCESSED_DELIVER, "deliver" },
	{ PROCESSED_DISCARD, "discard" },
	{ PROCESSED_FILE, "file" },
	{ 0, NULL },
};

const struct name conf_report_names[] = {
	{ CONF_BOUNCE, "bounce" },
	{ CONF_COMPLAINT, "complaint" },
	{ CONF_DELIVERED, "delivered" },
	{ CONF_UNSUBSCRIBE, "unsubscribe" },
	{ 0, NULL },
};

static const struct name log_names[] = {
	{ LOG_TO_STDERR, "stderr" },
	{ LOG_TO_SYSLOG, "syslog" },
	{ 0, NULL },
};

#define AT(member) offsetof(struct conf, member)

const struct setting_row conf_rows[] = {
	{ "", "store", SETTING_PATH, AT(store), NULL, 1, 0 },
	{ "", "socket", SETTING_SOCKET, AT(socket), NULL, 1, 0 },
	{ "", "log", SETTING_WORD, AT(log_to), log_names, 0, 0 },
	{ "", "debug", SETTING_BOOL, AT(log_debug), NULL, 0, 0 },
	{ "", "user", SETTING_USER, AT(user), NULL, 0, 0 },
	{ "", "on_error", SETTING_WORD, AT(on_error), on_error_names, 0, 0 },
	{ "", "privacy", SETTING_WORD, AT(privacy), conf_privacy_names, 0, 0 },
	{ "", "phone_region", SETTING_REGION, AT(phone_region), NULL, 0, 0 },
	{ "outbound", "daemons", SETTING_MATCHES, AT(outbound_daemons), NULL, 0,
	    0 },
	{ "outbound", "networks", SETTING_NETWORKS, AT(outbound_networks), NULL,
	    0, 0 },
	{ "outbound", "authenticated", SETTING_BOOL, AT(outbound_authenticated),
	    NULL, 0, 0 },
	{ "outbound", "local_daemons", SETTING_TEXTS, AT(local_daemons), NULL,
	    0, 0 },
	{ "outbound", "local_mailers", SETTING_TEXTS, AT(local_mailers), NULL,
	    0, 0 },
	{ "outbound", "null_sender", SETTING_BOOL, AT(filter_null_sender), NULL,
	    0, 0 },
	{ "outbound", "sms_gateways", SETTING_GATEWAYS, AT(sms_gateways), NULL,
	    0, 0 },
	{ "inbound", "bounce_daemons", SETTING_TEXTS, AT(bounce_daemons), NULL,
	    0, 0 },
	{ "inbound", "bounces", SETTING_VALUES, AT(bounces), NULL, 0, 0 },
	{ "inbound", "complaints", SETTING_VALUES, AT(complaints), NULL, 0, 0 },
	{ "inbound", "unsubscribe", SETTING_VALUES, AT(unsubscribe), NULL, 0,
	    0 },
	{ "inbound", "own_domains", SETTING_DOMAINS, AT(own_domains), NULL, 0,
	    0 },
	{ "inbound", "protected", SETTING_VALUES, AT(protected), NULL, 0, 0 },
	{ "inbound", "trusted_reporters", SETTING_DOMAINS,
	    AT(trusted_reporters), NULL, 0, 0 },
	{ "inbound", "opt_out", SETTING_BOOL, AT(opt_out), NULL, 0, 0 },
	{ "inbound", "authserv_ids", SETTING_DOMAINS, AT(authserv_ids), NULL, 0,
	    0 },
	{ "inbound", "processed", SETTING_WORD, AT(processed), processed_names,
	    0, 0 },
	{ "inbound", "maildir", SETTING_PATH, AT(processed_maildir), NULL, 0,
	    0 },
	{ "inbound", "report_max_bytes", SETTING_NUMBER, AT(report_max_bytes),
	    NULL, 1024, LIMIT_REPORT_BYTES },
	{ "inbound", "rules", SETTING_PATH, AT(rules_path), NULL, 0, 0 },
	{ "soft", "days", SETTING_INT, AT(soft_days), NULL, 0, 366 },
	{ "soft", "window_days", SETTING_INT, AT(soft_window_days), NULL, 1,
	    366 },
	{ "soft", "first_days", SETTING_INT, AT(soft_first_days), NULL, 1,
	    3660 },
	{ "soft", "most_days", SETTING_INT, AT(soft_most_days), NULL, 1, 3660 },
	{ "storm", "addresses", SETTING_INT, AT(storm_addresses), NULL, 0,
	    1000000 },
	{ "storm", "percent", SETTING_INT, AT(storm_percent), NULL, 1, 100 },
	{ "review", "days", SETTING_INT, AT(review_days), NULL, 1, 3660 },
	{ "review", "per_day", SETTING_INT, AT(review_per_day), NULL, 1,
	    1000000 },
	{ "trust", "own_bounce", SETTING_WORDS, AT(trust_own_bounce),
	    conf_report_names, 0, 0 },
	{ "trust", "token", SETTING_WORDS, AT(trust_token), conf_report_names,
	    0, 0 },
	{ "trust", "authentication_results", SETTING_WORDS, AT(trust_authres),
	    conf_report_names, 0, 0 },
	{ "trust", "spf", SETTING_WORDS, AT(trust_spf), conf_report_names, 0,
	    0 },
	{ "trust", "unproven", SETTING_WORDS, AT(trust_unproven),
	    conf_report_names, 0, 0 },
	{ "trust", "keep", SETTING_WORDS, AT(trust_keep), conf_report_names, 0,
	    0 },
	{ "refusals", "days", SETTING_INT, AT(refusals_days), NULL, 0, 3660 },
	{ "refusals", "max_mib", SETTING_INT, AT(refusals_max_mib), NULL, 4,
	    1024 * 1024 },
	{ "token", "keys", SETTING_PATH, AT(token_keys), NULL, 1, 0 },
	{ "token", "sign", SETTING_KEY_ID, AT(token_sign), NULL, 0, 0 },
	{ "token", "max_bytes", SETTING_INT, AT(token_max_bytes), NULL,
	    LIMIT_TOKEN_LEAST_BYTES, LIMIT_TOKEN_BYTES },
	{ "web", "listen", SETTING_SOCKET, AT(web_listen), NULL, 1, 0 },
	{ "web", "templates", SETTING_PATH, AT(web_templates), NULL, 1, 0 },
	{ "web", "tokens", SETTING_PATH, AT(web_tokens), NULL, 1, 0 },
	{ "web", "user", SETTING_USER, AT(web_user), NULL, 0, 0 },
	{ "web", "connections", SETTING_INT, AT(web_connections), NULL, 64,
	    100000 },
	{ "web", "timeout_s", SETTING_INT, AT(web_timeout_s), NULL, 1, 300 },
	{ "web", "writes_per_minute", SETTING_INT, AT(web_writes_per_minute),
	    NULL, 0, 1000000 },
	{ "web", "import_max_mib", SETTING_INT, AT(web_import_max_mib), NULL, 1,
	    LIMIT_WEB_IMPORT_MIB },
	{ "web", "metrics_open", SETTING_BOOL, AT(web_metrics_open), NULL, 0,
	    0 },
	{ "lookup", "socketmap", SETTING_SOCKET, AT(lookup_socketmap), NULL, 0,
	    0 },
	{ "lookup", "tcp_table", SETTING_SOCKET, AT(lookup_tcp_table), NULL, 0,
	    0 },
	{ "webhooks", "url", SETTING_URL, AT(webhooks_url), NULL, 0, 0 },
	{ "webhooks", "secret", SETTING_PATH, AT(webhooks_secret), NULL, 1, 0 },
	{ "webhooks", "state", SETTING_PATH, AT(webhooks_state), NULL, 1, 0 },
	{ "dns", "server", SETTING_IP, AT(dns_server), NULL, 0, 0 },
	{ "dns", "port", SETTING_INT, AT(dns_port), NULL, 1, 65535 },
	{ "dns", "timeout_s", SETTING_INT, AT(dns_timeout_s), NULL, 1, 30 },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct conf_stream, member)

const struct setting_row stream_rows[] = {
	{ "", "name", SETTING_NAME, AT(name), NULL, 0, 0 },
	{ "", "login", SETTING_MATCHES, AT(login), NULL, 0, 0 },
	{ "", "client", SETTING_NETWORKS, AT(client), NULL, 0, 0 },
	{ "", "daemon", SETTING_MATCHES, AT(daemon), NULL, 0, 0 },
	{ "", "sender", SETTING_MATCHES, AT(sender), NULL, 0, 0 },
	{ "", "header", SETTING_MATCHES, AT(header), NULL, 0, 0 },
	{ "", "blocks", SETTING_WORDS, AT(blocks), conf_source_names, 0, 0 },
	{ "", "action", SETTING_WORD, AT(action), action_names, 0, 0 },
	{ "", "token", SETTING_BOOL, AT(token), NULL, 0, 0 },
	{ "", "unsubscribe_mailto", SETTING_ADDRESS, AT(unsubscribe_mailto),
	    NULL, 0, 0 },
	{ "", "unsubscribe_https", SETTING_HTTPS, AT(unsubscribe_https), NULL,
	    0, 0 },
	{ "", "unsubscribe_all", SETTING_BOOL, AT(unsubscribe_all), NULL, 0,
	    0 },
	{ "", "cfbl", SETTING_ADDRESS, AT(cfbl), NULL, 0, 0 },
	{ "", "return_path", SETTING_ADDRESS, AT(return_path), NULL, 0, 0 },
	{ "", "envid", SETTING_BOOL, AT(envid), NULL, 0, 0 },
	{ 0 },
};
#undef AT

#define AT(member) offsetof(struct conf_reply, member)

const struct setting_row reply_rows[] = {
	{ "", "code", SETTING_INT, AT(code), NULL, 400, 599 },
	{ "", "status", SETTING_STATUS, AT(status), NULL, 0, 0 },
	{ "", "text", SETTING_REPLY, AT(text), NULL, 0, 0 },
	{ 0 },
};
#undef AT
