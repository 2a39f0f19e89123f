#include "web/handlers.h"
#include "web/openapi.h"

void
handle_openapi(const struct request *r, struct answer *a)
{
	(void)r;
	buf_add_text(&a->body, openapi_text);
}
