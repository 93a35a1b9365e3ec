#ifndef SLUICE_SERVER_API_SEALED_H
#define SLUICE_SERVER_API_SEALED_H

#include "server/api_call.h"

/* What api_uploads.c and api_sealed.c ask of each other. */
void api_put_number(struct api_call *call, const char *name, uint64_t value);
struct upload_fields api_upload_fields(const struct api_call *call);

/* The halves of routes that are about sealed files. */
bool api_sealed_create(struct api_call *call);
bool api_sealed_head(struct api_call *call);
bool api_sealed_receipt(struct api_call *call);

#endif
