#ifndef SLUICE_COLLECTORS_JOB_IPP_H
#define SLUICE_COLLECTORS_JOB_IPP_H

#include <stdbool.h>
#include <stdint.h>

#include <cups/cups.h>

#include "formats/job_list.h"

/*
 * Jobs as IPP tells them (RFC 8011, PWG 5100.5, CUPS). A document of a job is
 * one job of ours: "12-HASH" where there is only one, else "12.1-HASH" and so
 * on. The hash is over what stays the same while the content does: the job's
 * UUID, when it was made, its size, how many documents it has.
 */

/* What is asked of a printer and of a job; NULL ends. */
extern const char *const job_ipp_printer_attributes[];
extern const char *const job_ipp_attributes[];

/* How a printer gives documents out; false = it does not. */
bool job_ipp_operation(ipp_t *printer, ipp_op_t *operation);

/*
 * Adds the jobs of an answer to the last source of the list: those that still
 * have their documents. now: UTC seconds. false = there is room for no more.
 */
bool job_ipp_add(ipp_t *answer, int64_t now, struct job_list *list);

/* Numbers in an id, both from 1; false = it is none of ours. */
bool job_ipp_numbers(const char *id, int *job, int *document);

/*
 * Is this id still that of a document of the job in the answer? *kib is its
 * size in KiB, rounded up; 0 = not known.
 */
bool job_ipp_is(ipp_t *answer, const char *id, int64_t *kib);

#endif
