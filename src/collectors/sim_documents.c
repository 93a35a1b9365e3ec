/*
 * What the simulated printer says of itself: the meters, the state, the
 * set-up, the supplies and the owner here, the other documents in the files
 * of sim_parts.h. Place, owner, contact, names and addresses are in it on
 * purpose: a printer knows them, and what does not leave must first be there.
 */
#include "collectors/sim_documents.h"

#include <inttypes.h>
#include <stdio.h>

#include "collectors/sim_parts.h"

static void put_totals(const struct sim_engine *e, struct collected_writer *w)
{
	uint64_t total = sim_engine_impressions(e);
	uint64_t color = sim_engine_color(e);
	uint64_t sheets = e->meters[SIM_SHEETS_A4] + e->meters[SIM_SHEETS_A3];
	uint64_t color_sheets = e->meters[SIM_SHEETS_COLOR];

	sim_put_count(w, "TotalImpressions", total, "impressions");
	sim_put_count(w, "MonochromeImpressions", total - color, "impressions");
	sim_put_count(w, "FullColorImpressions", color, "impressions");
	sim_put_count(w, "ImpressionsTwoSided", e->meters[SIM_TWO_SIDED],
		      "impressions");
	sim_put_count(w, "TotalSheets", sheets, "sheets");
	sim_put_count(w, "MonochromeSheets", sheets - color_sheets, "sheets");
	sim_put_count(w, "FullColorSheets", color_sheets, "sheets");
}

static void put_size(struct collected_writer *w, const char *size,
		     uint64_t mono, uint64_t color, uint64_t sheets)
{
	collected_writer_group(w, "SizeClass");
	sim_put_text(w, "Size", size);
	sim_put_count(w, "Impressions", mono + color, "impressions");
	sim_put_count(w, "MonochromeImpressions", mono, "impressions");
	sim_put_count(w, "FullColorImpressions", color, "impressions");
	sim_put_count(w, "Sheets", sheets, "sheets");
	collected_writer_group_end(w);
}

static void put_printing(struct collected_writer *w, const char *type,
			 uint64_t mono, uint64_t color)
{
	collected_writer_group(w, "Service");
	sim_put_text(w, "ServiceType", type);
	sim_put_count(w, "Impressions", mono + color, "impressions");
	sim_put_count(w, "MonochromeImpressions", mono, "impressions");
	sim_put_count(w, "FullColorImpressions", color, "impressions");
	collected_writer_group_end(w);
}

static void put_imaging(struct collected_writer *w, const char *type,
			uint64_t images)
{
	collected_writer_group(w, "Service");
	sim_put_text(w, "ServiceType", type);
	sim_put_count(w, "Images", images, "images");
	collected_writer_group_end(w);
}

static void put_billing(const struct sim_engine *e, struct collected_writer *w)
{
	const uint64_t *m = e->meters;

	collected_writer_document(w, DOCUMENT_BILLING);
	put_totals(e, w);
	put_size(w, "a4-letter",
		 m[SIM_PRINT_MONO_A4] + m[SIM_COPY_MONO_A4] + m[SIM_FAX_IN],
		 m[SIM_PRINT_COLOR_A4] + m[SIM_COPY_COLOR_A4],
		 m[SIM_SHEETS_A4]);
	put_size(w, "a3-ledger", m[SIM_PRINT_MONO_A3], m[SIM_PRINT_COLOR_A3],
		 m[SIM_SHEETS_A3]);
	put_printing(w, "print", m[SIM_PRINT_MONO_A4] + m[SIM_PRINT_MONO_A3],
		     m[SIM_PRINT_COLOR_A4] + m[SIM_PRINT_COLOR_A3]);
	put_printing(w, "copy", m[SIM_COPY_MONO_A4], m[SIM_COPY_COLOR_A4]);
	put_imaging(w, "scan", m[SIM_IMAGES_SCANNED]);
	put_printing(w, "fax-in", m[SIM_FAX_IN], 0);
	put_imaging(w, "fax-out", m[SIM_FAX_OUT]);
	collected_writer_group(w, "Marker");
	sim_put_text(w, "Index", "1");
	sim_put_count(w, "LifeCount",
		      sim_engine_impressions(e) & UINT64_C(0xffffffff),
		      "impressions");
	sim_put_count(w, "PowerOnCount", m[SIM_POWER_ON_IMPRESSIONS],
		      "impressions");
	collected_writer_group_end(w);
}

static const char *const fault_states[SIM_FAULTS] = {
	[SIM_FAULT_JAM] = "jammed",
	[SIM_FAULT_COVER] = "door-open",
	[SIM_FAULT_MEDIA_EMPTY] = "no-paper",
};

static void put_reasons(const struct sim_engine *e, struct collected_writer *w)
{
	bool toner = false, waste = false;

	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		bool low = sim_engine_is_low(e, i);
		toner = toner || (low && !sim_supplies[i].fills);
		waste = waste || (low && sim_supplies[i].fills);
	}
	if (e->fault != SIM_FAULT_NONE) {
		sim_put_text(w, "PrinterStateReasons",
			     sim_fault_reason(e->fault));
	}
	if (toner) {
		sim_put_text(w, "PrinterStateReasons",
			     "marker-supply-low-warning");
	}
	if (waste) {
		sim_put_text(w, "PrinterStateReasons",
			     "marker-waste-almost-full-warning");
	}
	if (e->fault == SIM_FAULT_NONE && !toner && !waste) {
		sim_put_text(w, "PrinterStateReasons", "none");
	}
}

static void put_status(const struct sim_engine *e, int64_t now,
		       struct collected_writer *w)
{
	bool stopped = e->fault != SIM_FAULT_NONE;
	const char *console = stopped   ? "Call the front desk, extension 101"
			      : e->busy ? "Printing minutes.odt for frontdesk"
					: "Ready";

	collected_writer_document(w, DOCUMENT_STATUS);
	sim_put_text(w, "PrinterState",
		     stopped   ? "stopped"
		     : e->busy ? "processing"
			       : "idle");
	put_reasons(e, w);
	sim_put_text(w, "PrinterStateMessage", console);
	sim_put_time(w, "PrinterStateChangeTime", e->state_changed_at);
	sim_put_text(w, "PrinterIsAcceptingJobs", "true");
	sim_put_count(w, "PrinterUpTime",
		      now > e->powered_at ? (uint64_t)(now - e->powered_at) : 0,
		      "seconds");
	sim_put_text(w, "DeviceStatus", stopped ? "down" : "running");
	sim_put_text(w, "PrinterStatus",
		     stopped   ? "other"
		     : e->busy ? "printing"
			       : "idle");
	if (stopped) {
		sim_put_text(w, "DetectedErrorState", fault_states[e->fault]);
	}
	sim_put_text(w, "ConsoleText", console);
	sim_put_count(w, "QueuedJobCount", stopped ? 2 : e->busy ? 1 : 0, NULL);
}

static void put_machine(const struct sim_engine *e, struct collected_writer *w)
{
	char text[64];

	sim_put_text(w, "MakeAndModel", "Example Printer 7");
	sim_put_text(
		w, "DeviceId",
		"MFG:Example;MDL:Printer 7;CMD:PDF,PWGRaster;CLS:PRINTER;");
	snprintf(text, sizeof(text), "EX7-%06" PRIu64,
		 (4210 + e->seed) % 1000000);
	sim_put_text(w, "SerialNumber", text);
	snprintf(text, sizeof(text),
		 "urn:uuid:00000000-0000-4000-8000-%012" PRIx64,
		 e->seed & UINT64_C(0xffffffffffff));
	sim_put_text(w, "Uuid", text);
	collected_writer_group(w, "Firmware");
	sim_put_text(w, "Name", "Engine");
	sim_put_text(w, "Version", "7.4.1");
	collected_writer_group_end(w);
	collected_writer_group(w, "Firmware");
	sim_put_text(w, "Name", "Controller");
	sim_put_text(w, "Version", "2026.3");
	sim_put_text(w, "Patches", "2026.3-p2");
	collected_writer_group_end(w);
	sim_put_text(w, "ColorSupported", "true");
	sim_put_text(w, "SidesSupported", "one-sided");
	sim_put_text(w, "SidesSupported", "two-sided-long-edge");
	sim_put_text(w, "SidesSupported", "two-sided-short-edge");
	sim_put_text(w, "PagesPerMinute", "35");
	sim_put_text(w, "PagesPerMinuteColor", "30");
	sim_put_time(w, "ConfigChangeTime", e->born_at);
}

static void put_trays(const struct sim_engine *e, struct collected_writer *w)
{
	static const char *const names[SIM_TRAYS] = { "Tray 1",
						      "Front desk letterhead",
						      "Tray 3 (A3)" };

	for (size_t i = 0; i < SIM_TRAYS; i++) {
		collected_writer_group(w, "InputTray");
		sim_put_count(w, "Index", i + 1, NULL);
		sim_put_text(w, "Type", "sheetFeedAutoRemovableTray");
		sim_put_count(w, "MaxCapacity", sim_tray_capacity[i], "sheets");
		sim_put_count(w, "Level", e->trays[i], "sheets");
		sim_put_text(w, "Status", e->trays[i] > 0 ? "0" : "8");
		sim_put_text(w, "Name", names[i]);
		sim_put_text(w, "MediaName", i == 1 ? "Letterhead" : "Plain");
		collected_writer_group_end(w);
	}
	collected_writer_group(w, "InputTray");
	sim_put_count(w, "Index", SIM_TRAYS + 1, NULL);
	sim_put_text(w, "Type", "sheetFeedManual");
	collected_writer_field(w, "MaxCapacity", "100", "sheets", "sim");
	collected_writer_field(w, "Level", "unknown", "sheets", "sim");
	sim_put_text(w, "Name", "Bypass");
	collected_writer_group_end(w);
	collected_writer_group(w, "OutputTray");
	sim_put_count(w, "Index", 1, NULL);
	sim_put_text(w, "Type", "removableBin");
	collected_writer_field(w, "MaxCapacity", "500", "sheets", "sim");
	collected_writer_field(w, "Remaining", "some", "sheets", "sim");
	sim_put_text(w, "Name", "Front desk mail box");
	collected_writer_group_end(w);
}

static void put_configuration(const struct sim_engine *e,
			      struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_CONFIGURATION);
	put_machine(e, w);
	put_trays(e, w);
	sim_put_text(w, "PrinterName", "frontdesk-printer");
	sim_put_text(w, "PrinterInfo", "Printer of the front desk");
	sim_put_text(w, "DnsSdName", "Front Desk Printer");
	sim_put_text(w, "HostName", "printer-7.example");
	sim_put_text(w, "PrinterUri", "ipps://printer-7.example/ipp/print");
	sim_put_text(w, "PrinterUri", "ipp://192.0.2.17/ipp/print");
	sim_put_text(w, "PrinterMoreInfo", "https://printer-7.example/");
}

static void put_supply(const struct sim_engine *e, size_t i,
		       struct collected_writer *w)
{
	const struct sim_supply *s = &sim_supplies[i];
	char serial[64];

	collected_writer_group(w, "Supply");
	sim_put_count(w, "Index", i + 1, NULL);
	sim_put_text(w, "Class",
		     s->fills ? "receptacleThatIsFilled"
			      : "supplyThatIsConsumed");
	sim_put_text(w, "Type", s->type);
	sim_put_text(w, "SupplyUnit", s->unit);
	sim_put_count(w, "MaxCapacity", s->capacity, s->unit);
	if (s->level_some && e->used[i] < s->life) {
		collected_writer_field(w, "Level", "some", s->unit, "sim");
	} else {
		sim_put_count(w, "Level", sim_engine_level(e, i), s->unit);
	}
	sim_put_count(w, s->fills ? "HighLevel" : "LowLevel",
		      s->fills ? s->capacity * 9 / 10 : s->capacity / 10,
		      s->unit);
	sim_put_text(w, "ColorantName", s->colorant);
	sim_put_text(w, "Description", s->description);
	snprintf(serial, sizeof(serial), "%s-%04" PRIu64 "-%03" PRIu64,
		 s->part_number, e->seed % 10000, e->changed[i] % 1000);
	sim_put_text(w, "SerialNumber", serial);
	sim_put_text(w, "PartNumber", s->part_number);
	collected_writer_group_end(w);
}

static void put_customer_info(struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_CUSTOMER_INFO);
	sim_put_text(w, "PrinterOrganization", "Example Works");
	sim_put_text(w, "PrinterOrganizationalUnit", "Front office");
	sim_put_text(w, "PrinterLocation", "Second floor, room 2.14");
	sim_put_text(w, "PrinterGeoLocation", "geo:0,0");
	collected_writer_group(w, "PrinterContact");
	sim_put_text(w, "ContactName", "Front desk");
	sim_put_text(w, "ContactUri", "mailto:frontdesk@example.org");
	sim_put_text(w, "ContactVcard", "TEL:+1-202-555-0143");
	collected_writer_group_end(w);
}

void sim_documents_put(const struct sim_engine *e, int64_t now,
		       struct collected_writer *w)
{
	put_billing(e, w);
	put_status(e, now, w);
	sim_faults_put(e, w);
	sim_events_put(e, w);
	sim_diagnostics_put(e, now, w);
	sim_nvm_put(e, w);
	put_configuration(e, w);
	collected_writer_document(w, DOCUMENT_SUPPLIES_USAGE);
	for (size_t i = 0; i < SIM_SUPPLIES; i++) {
		put_supply(e, i, w);
	}
	sim_engineering_put(e, now, w);
	put_customer_info(w);
}
