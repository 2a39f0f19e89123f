/*
 * openapi - the description of the API (OpenAPI 3.1), as it is in
 * web/openapi.json.
 */
#ifndef WEB_OPENAPI_H
#define WEB_OPENAPI_H

extern const char openapi_text[];

#endif
