#include "ctl/command.h"

#include <stdint.h>
#include <string.h>

#include "ctl/cmd.h"

#define ANY SIZE_MAX

/* In the order of the manual page: one row, one entry there. */
const struct command commands[] = {
	{ "add", "VALUE... | -f FILE", "file source stream why expires partial",
	    0, ANY, cmd_add, "Put values on the list." },
	{ "remove", "VALUE... | -f FILE",
	    "file source stream why force partial", 0, ANY, cmd_remove,
	    "Lift the reasons of values." },
	{ "check", "VALUE... | -f FILE", "file stream", 0, ANY, cmd_check,
	    "May these be contacted? Exit 0: yes; 1: at least one may not." },
	{ "show", "VALUE", "", 1, 1, cmd_show,
	    "Everything about one value: reasons, contacts, history." },
	{ "list", "",
	    "kind source stream by since until search contact expiry sort "
	    "limit "
	    "after",
	    0, 0, cmd_list, "The values on the list and their reasons." },
	{ "history", "[VALUE]",
	    "type kind source stream by since until search contact limit after",
	    0, 1, cmd_history, "What happened: who, when and why." },
	{ "contact",
	    "add ID [VALUE]... | set ID [VALUE]... | show ID | list |\n"
	    "       block ID [VALUE]... | unblock ID [VALUE]... | remove ID |\n"
	    "       find {VALUE | TEXT}",
	    "after blocked drop force kind limit name search source stream why",
	    1, ANY, cmd_contact,
	    "People and what they are reached at; do not contact." },
	{ "ingest", "[FILE | - | DIR]...", "believe done pipe", 0, ANY,
	    cmd_ingest, "Process bounces and complaints." },
	{ "explain", "[FILE | - | DIR]...", "trust", 0, ANY, cmd_explain,
	    "What ingest would do, step by step; writes nothing." },
	{ "review", "list | {accept | reject} [NUMBER]...",
	    "all dry-run kind limit search since source state until why", 1,
	    ANY, cmd_review,
	    "Reports that wait for you: not proven, or held in a storm." },
	{ "import", "FILE | -", "dry-run expires report source stream why", 1,
	    1, cmd_import,
	    "Put a list of values, or the export of another, on ours." },
	{ "imports", "", "limit", 0, 0, cmd_imports,
	    "The batches that were imported, and what was lifted of them." },
	{ "export", "", "by contact kind search since source stream until", 0,
	    0, cmd_export, "The list, as import reads it." },
	{ "undo", "[BATCH]",
	    "by dry-run force kind search since source stream until why", 0, 1,
	    cmd_undo, "Take back what was put on the list." },
	{ "stats", "", "since limit", 0, 0, cmd_stats,
	    "The list in numbers, and what came and went by day." },
	{ "queue", "", "remove stream postfix-config", 0, 0, cmd_queue,
	    "Mail for suppressed recipients that waits in Postfix." },
	{ "verify", "", "", 0, 0, cmd_verify,
	    "Check journal and index, and that they agree." },
	{ "rebuild", "", "", 0, 0, cmd_rebuild,
	    "Build the index anew from the journal." },
	{ "backup", "FILE | -", "", 1, 1, cmd_backup,
	    "The whole store in one file, while it is in use." },
	{ "restore", "FILE | -", "", 1, 1, cmd_restore,
	    "Verify a backup and put it in place of the store." },
	{ "erase", "VALUE", "why", 1, 1, cmd_erase,
	    "Forget the text of a value; its hash goes on blocking it." },
	{ "privacy", "[hashed]", "", 0, 1, cmd_privacy,
	    "What the store keeps of values; make it keep hashes alone." },
	{ "key", "new [ID] | list | retire ID", "", 1, 2, cmd_key,
	    "The keys of tokens, the proof that a mail was ours." },
	{ "token", "new NAME | list | revoke NAME", "expires scope", 1, 2,
	    cmd_token, "Tokens of programs that use the API over HTTP." },
	{ "doctor", "", "postfix-config", 0, 0, cmd_doctor,
	    "Check configuration, Postfix and store; say how to mend." },
	{ "postfix", "", "apply revert postfix-config", 0, 0, cmd_postfix,
	    "The lines that Postfix needs: print, apply or revert them." },
	{ 0 },
};

const struct command *
command_find(const char *name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
