/*
 * cmd - the functions of the commands, one a row of commands.c.
 */
#ifndef CTL_CMD_H
#define CTL_CMD_H

#include "ctl/command.h"

command_fn cmd_add;
command_fn cmd_remove;
command_fn cmd_check;
command_fn cmd_show;
command_fn cmd_list;
command_fn cmd_history;
command_fn cmd_contact;
command_fn cmd_ingest;
command_fn cmd_explain;
command_fn cmd_review;
command_fn cmd_undo;
command_fn cmd_import;
command_fn cmd_imports;
command_fn cmd_export;
command_fn cmd_stats;
command_fn cmd_queue;
command_fn cmd_verify;
command_fn cmd_rebuild;
command_fn cmd_backup;
command_fn cmd_restore;
command_fn cmd_erase;
command_fn cmd_privacy;
command_fn cmd_key;
command_fn cmd_token;
command_fn cmd_doctor;
command_fn cmd_postfix;

#endif
