/*
 * Supplies Usage: toner, ink, paper clips, drums and what collects waste.
 * Words and meanings are those of the Printer MIB (RFC 3805): a level may be
 * "other" (-1), "unknown" (-2) or "some" (-3: something is left, nobody
 * knows how much); a receptacle (class 4) fills instead of getting empty, so
 * its level is what is in it. SupplyUnit stands beside the unit attribute
 * because the MIB's word is what part lists use; check() holds them equal.
 */
#include "documents/document.h"

#include <assert.h>
#include <string.h>

#include "documents/item.h"

#define SUPPLY_UNITS                                                           \
	"other unknown tenThousandthsOfInches micrometers impressions sheets " \
	"hours thousandthsOfOunces tenthsOfGrams hundrethsOfFluidOunces "      \
	"tenthsOfMilliliters feet meters items percent"

#define SUPPLY_TYPES                                                           \
	"other unknown toner wasteToner ink inkCartridge inkRibbon wasteInk "  \
	"opc developer fuserOil solidWax ribbonWax wasteWax fuser coronaWire " \
	"fuserOilWick cleanerUnit fuserCleaningPad transferUnit "              \
	"tonerCartridge fuserOiler water wasteWater glueWaterAdditive "        \
	"wastePaper bindingSupply bandingSupply stitchingWire shrinkWrap "     \
	"paperWrap staples inserts covers"

static const struct field fields[] = {
	{ .path = "Supply",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "printer-supply, prtMarkerSuppliesTable",
	  .purpose = "Each supply, part or waste container" },
	{ .path = "Supply/Index",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .source = "prtMarkerSuppliesIndex",
	  .purpose = "Which one" },
	{ .path = "Supply/Class",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "other supplyThatIsConsumed receptacleThatIsFilled",
	  .source = "prtMarkerSuppliesClass",
	  .purpose = "Whether it gets empty or fills" },
	{ .path = "Supply/Type",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = SUPPLY_TYPES,
	  .source = "prtMarkerSuppliesType",
	  .purpose = "Toner, drum, fuser, waste container" },
	{ .path = "Supply/SupplyUnit",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = SUPPLY_UNITS,
	  .source = "prtMarkerSuppliesSupplyUnit",
	  .purpose = "What level and capacity are counted in" },
	{ .path = "Supply/MaxCapacity",
	  .type = TYPE_LEVEL,
	  .class = CLASS_MACHINE,
	  .unit = "percent",
	  .units = SUPPLY_UNITS,
	  .source = "prtMarkerSuppliesMaxCapacity",
	  .purpose = "How much it holds" },
	{ .path = "Supply/Level",
	  .type = TYPE_LEVEL,
	  .class = CLASS_MACHINE,
	  .unit = "percent",
	  .units = SUPPLY_UNITS,
	  .source = "prtMarkerSuppliesLevel",
	  .purpose = "How much is left, or in it, to ship in time" },
	{ .path = "Supply/LowLevel",
	  .type = TYPE_LEVEL,
	  .class = CLASS_MACHINE,
	  .unit = "percent",
	  .units = SUPPLY_UNITS,
	  .source = "marker-low-levels",
	  .purpose = "Below this the printer calls it low" },
	{ .path = "Supply/HighLevel",
	  .type = TYPE_LEVEL,
	  .class = CLASS_MACHINE,
	  .unit = "percent",
	  .units = SUPPLY_UNITS,
	  .source = "marker-high-levels",
	  .purpose = "Above this the printer calls it full" },
	{ .path = "Supply/ColorantName",
	  .type = TYPE_TOKEN,
	  .class = CLASS_MACHINE,
	  .source = "prtMarkerColorantValue",
	  .purpose = "Which colour" },
	{ .path = "Supply/Description",
	  .type = TYPE_TOKEN,
	  .class = CLASS_MACHINE,
	  .source = "prtMarkerSuppliesDescription",
	  .purpose = "The maker's own name for it" },
	{ .path = "Supply/SerialNumber",
	  .type = TYPE_TOKEN,
	  .class = CLASS_MACHINE,
	  .source = "printer-supply, collector",
	  .purpose = "Which one of its kind, to see when it was changed" },
	{ .path = "Supply/PartNumber",
	  .type = TYPE_TOKEN,
	  .class = CLASS_MACHINE,
	  .source = "printer-supply, collector",
	  .purpose = "What to ship" },
	{ .path = NULL },
};

static bool unit_agrees(const struct item *supply, const char *unit)
{
	static const char *const with_unit[] = { "MaxCapacity", "Level",
						 "LowLevel", "HighLevel" };
	for (size_t i = 0; i < sizeof(with_unit) / sizeof(with_unit[0]); i++) {
		const struct item *it = item_find(supply, with_unit[i]);
		if (it != NULL && strcmp(it->unit, unit) != 0) {
			return false;
		}
	}
	return true;
}

/* One Index for each; at most FIELD_REPEAT_MAX of them, so pairs will do. */
static bool indices_differ(const struct item *root)
{
	const char *seen[FIELD_REPEAT_MAX];
	size_t count = 0;

	for (const struct item *s = root->children; s != NULL; s = s->next) {
		const char *index = item_text(s, "Index");
		for (size_t i = 0; i < count; i++) {
			if (strcmp(seen[i], index) == 0) {
				return false;
			}
		}
		assert(count < FIELD_REPEAT_MAX);
		seen[count++] = index;
	}
	return true;
}

static bool check(const struct item *root, struct err *err)
{
	for (const struct item *s = root->children; s != NULL; s = s->next) {
		const char *unit = item_text(s, "SupplyUnit");
		if (unit != NULL && !unit_agrees(s, unit)) {
			return err_set(err, ERR_INVALID,
				       "a Supply has a SupplyUnit that is not "
				       "the unit of its levels");
		}
	}
	return indices_differ(root) ||
	       err_set(err, ERR_INVALID, "two Supply have one Index");
}

const struct document document_supplies_usage = {
	.kind = DOCUMENT_SUPPLIES_USAGE,
	.name = "SuppliesUsage",
	.title = "Supplies Usage",
	.purpose = "Levels of toner, ink, parts and waste containers.",
	.fields = fields,
	.check = check,
};
