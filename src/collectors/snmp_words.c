/*
 * Words of the Printer MIB and the Host Resources MIB. The codes of alerts
 * are many and stand in snmp_alert_codes.c.
 */
#include "collectors/snmp_words.h"

#include <stddef.h>

const char *snmp_word_of(const struct snmp_word *words, int64_t number)
{
	while (words->number != 0 && words->number != number) {
		words++;
	}
	return words->word;
}

/* PrtMarkerCounterUnitTC: a count of something else is no count */
const struct snmp_word snmp_words_marker_units[] = {
	{ 3, "tenThousandthsOfInches" },
	{ 4, "micrometers" },
	{ 5, "characters" },
	{ 6, "lines" },
	{ 7, "impressions" },
	{ 8, "sheets" },
	{ 9, "dotRow" },
	{ 11, "hours" },
	{ 16, "feet" },
	{ 17, "meters" },
	{ 0, NULL },
};

/* PrtCapacityUnitTC */
const struct snmp_word snmp_words_capacity_units[] = {
	{ 1, "other" },       { 2, "unknown" }, { 3, "tenThousandthsOfInches" },
	{ 4, "micrometers" }, { 8, "sheets" },  { 16, "feet" },
	{ 17, "meters" },     { 18, "items" },  { 19, "percent" },
	{ 0, "unknown" },
};

/* PrtMarkerSuppliesSupplyUnitTC, spelled as there */
const struct snmp_word snmp_words_supply_units[] = {
	{ 1, "other" },
	{ 2, "unknown" },
	{ 3, "tenThousandthsOfInches" },
	{ 4, "micrometers" },
	{ 7, "impressions" },
	{ 8, "sheets" },
	{ 11, "hours" },
	{ 12, "thousandthsOfOunces" },
	{ 13, "tenthsOfGrams" },
	{ 14, "hundrethsOfFluidOunces" },
	{ 15, "tenthsOfMilliliters" },
	{ 16, "feet" },
	{ 17, "meters" },
	{ 18, "items" },
	{ 19, "percent" },
	{ 0, "unknown" },
};

/* PrtMarkerSuppliesClassTC */
const struct snmp_word snmp_words_supply_classes[] = {
	{ 3, "supplyThatIsConsumed" },
	{ 4, "receptacleThatIsFilled" },
	{ 0, "other" },
};

/* PrtMarkerSuppliesTypeTC */
const struct snmp_word snmp_words_supply_types[] = {
	{ 2, "unknown" },        { 3, "toner" },
	{ 4, "wasteToner" },     { 5, "ink" },
	{ 6, "inkCartridge" },   { 7, "inkRibbon" },
	{ 8, "wasteInk" },       { 9, "opc" },
	{ 10, "developer" },     { 11, "fuserOil" },
	{ 12, "solidWax" },      { 13, "ribbonWax" },
	{ 14, "wasteWax" },      { 15, "fuser" },
	{ 16, "coronaWire" },    { 17, "fuserOilWick" },
	{ 18, "cleanerUnit" },   { 19, "fuserCleaningPad" },
	{ 20, "transferUnit" },  { 21, "tonerCartridge" },
	{ 22, "fuserOiler" },    { 23, "water" },
	{ 24, "wasteWater" },    { 25, "glueWaterAdditive" },
	{ 26, "wastePaper" },    { 27, "bindingSupply" },
	{ 28, "bandingSupply" }, { 29, "stitchingWire" },
	{ 30, "shrinkWrap" },    { 31, "paperWrap" },
	{ 32, "staples" },       { 33, "inserts" },
	{ 34, "covers" },        { 0, "other" },
};

/* PrtInputTypeTC */
const struct snmp_word snmp_words_input_types[] = {
	{ 2, "unknown" },
	{ 3, "sheetFeedAutoRemovableTray" },
	{ 4, "sheetFeedAutoNonRemovableTray" },
	{ 5, "sheetFeedManual" },
	{ 6, "continuousRoll" },
	{ 7, "continuousFanFold" },
	{ 0, "other" },
};

/* PrtOutputTypeTC */
const struct snmp_word snmp_words_output_types[] = {
	{ 2, "unknown" },        { 3, "removableBin" },
	{ 4, "unRemovableBin" }, { 5, "continuousRollDevice" },
	{ 6, "mailBox" },        { 7, "continuousFanFold" },
	{ 0, "other" },
};

/* PrtMediaPathTypeTC */
const struct snmp_word snmp_words_path_types[] = {
	{ 3, "two-sided-long-edge" },
	{ 4, "two-sided-short-edge" },
	{ 5, "one-sided" },
	{ 0, NULL },
};

/* PrtAlertSeverityLevelTC */
const struct snmp_word snmp_words_severities[] = {
	{ 3, "critical" },
	{ 4, "warning" },
	{ 5, "warningBinaryChangeEvent" },
	{ 0, "other" },
};

/* PrtAlertTrainingLevelTC */
const struct snmp_word snmp_words_trainings[] = {
	{ 2, "unknown" },    { 3, "untrained" },
	{ 4, "trained" },    { 5, "fieldService" },
	{ 6, "management" }, { 7, "noInterventionRequired" },
	{ 0, "other" },
};

/* PrtAlertGroupTC */
const struct snmp_word snmp_words_alert_groups[] = {
	{ 3, "hostResourcesMIBStorageTable" },
	{ 4, "hostResourcesMIBDeviceTable" },
	{ 5, "generalPrinter" },
	{ 6, "cover" },
	{ 7, "localization" },
	{ 8, "input" },
	{ 9, "output" },
	{ 10, "marker" },
	{ 11, "markerSupplies" },
	{ 12, "markerColorant" },
	{ 13, "mediaPath" },
	{ 14, "channel" },
	{ 15, "interpreter" },
	{ 16, "consoleDisplayBuffer" },
	{ 17, "consoleLights" },
	{ 18, "alert" },
	{ 30, "finDevice" },
	{ 31, "finSupply" },
	{ 32, "finSupplyMediaInput" },
	{ 33, "finAttribute" },
	{ 0, "other" },
};

/* hrDeviceStatus */
const struct snmp_word snmp_words_device_states[] = {
	{ 2, "running" }, { 3, "warning" }, { 4, "testing" },
	{ 5, "down" },    { 0, "unknown" },
};

/* hrPrinterStatus */
const struct snmp_word snmp_words_printer_states[] = {
	{ 1, "other" },  { 3, "idle" },    { 4, "printing" },
	{ 5, "warmup" }, { 0, "unknown" },
};
