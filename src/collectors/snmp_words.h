#ifndef SLUICE_COLLECTORS_SNMP_WORDS_H
#define SLUICE_COLLECTORS_SNMP_WORDS_H

#include <stdint.h>

/*
 * The MIBs' numbers and the catalogue's words for them, which are the MIBs'
 * too. The last row has number 0: its word stands for every other number;
 * NULL = there is none.
 * Source: RFC 3805, RFC 2790, IANA-PRINTER-MIB.
 */
struct snmp_word {
	int32_t number;
	const char *word;
};

/* The word of a number; the last row's, if it has none. */
const char *snmp_word_of(const struct snmp_word *words, int64_t number);

extern const struct snmp_word snmp_words_marker_units[];
extern const struct snmp_word snmp_words_capacity_units[];
extern const struct snmp_word snmp_words_supply_units[];
extern const struct snmp_word snmp_words_supply_classes[];
extern const struct snmp_word snmp_words_supply_types[];
extern const struct snmp_word snmp_words_input_types[];
extern const struct snmp_word snmp_words_output_types[];
extern const struct snmp_word snmp_words_path_types[]; /* IPP's "sides" */
extern const struct snmp_word snmp_words_severities[];
extern const struct snmp_word snmp_words_trainings[];
extern const struct snmp_word snmp_words_alert_groups[];
extern const struct snmp_word snmp_words_alert_codes[];
extern const struct snmp_word snmp_words_device_states[];
extern const struct snmp_word snmp_words_printer_states[];

#endif
