#include "policy/lesson.h"

#include "base/json.h"

static void
finding_json(struct buf *line, const struct finding *f, bool written)
{
	const char *action = f->action == DSN_UNKNOWN
				 ? ""
				 : names_text(dsn_action_names, (int)f->action);

	json_object_begin(line, NULL);
	json_text(line, "address", span_of(f->value.text));
	json_text(line, "action", span_of(action));
	json_text(line, "status", span_of(f->status));
	json_text(line, "status_from", span_of(f->basis.code_from));
	json_int(line, "reply", f->basis.reply_code);
	json_text(line, "host", span_of(f->basis.host));
	json_bool(line, "final", f->basis.final);
	json_text(line, "class", span_of(f->class));
	json_text(line, "rule", span_of(f->rule));
	json_text(line, "rule_file", span_of(f->basis.rule_file));
	json_int(line, "rule_line", (int64_t)f->basis.rule_line);
	json_text(line, "rule_source", span_of(f->basis.rule_source));
	json_text(line, "rule_text", span_of(f->basis.rule_text));
	json_text(line, "whom", span_of(f->whom));
	json_text(line, "trust", span_of(f->trust));
	json_text(line, "proof", span_of(f->proof));
	json_array_begin(line, "tried");
	for (size_t i = 0; i < f->tried_n; i++) {
		json_object_begin(line, NULL);
		json_text(line, "proof", span_of(f->tried[i].proof));
		json_text(line, "said", span_of(f->tried[i].said));
		json_object_end(line);
	}
	json_array_end(line);
	json_bool(line, "suppress", f->suppress);
	json_text(line, "spared", span_of(f->spared));
	json_text(line, "happened", span_of(f->change.evidence.happened));
	json_text(line, "diagnostic", span_of(f->detail));
	if (written)
		json_bool(line, "changed", f->changed);
	json_object_end(line);
}

void
lesson_json(const struct lesson *l, bool written, struct buf *line)
{
	json_text(line, "type",
	    span_of(names_text(report_type_names, (int)l->report.type)));
	json_text(line, "format", span_of(l->report.format));
	json_array_begin(line, "recipients");
	for (size_t i = 0; i < l->findings_n; i++)
		finding_json(line, &l->findings[i], written);
	json_array_end(line);
	json_text(line, "note", span_of(l->report.note));
}
