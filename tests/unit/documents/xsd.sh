#!/bin/sh
# The schema that the catalogue prints takes every transmission that we write,
# and refuses what our own reader refuses. Checked with xmllint.
set -eu
command -v xmllint >/dev/null || { echo "xmllint is missing"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$abs_top_builddir/tests/unit/documents/print_samples" "$dir"

count=0
for file in "$dir"/right-*.xml \
	"$abs_top_srcdir"/docs/examples/transmission*.xml; do
	xmllint --noout --nonet --schema "$dir/transmission.xsd" "$file" \
		2>"$dir/said" || { cat "$dir/said"; exit 1; }
	count=$((count + 1))
done
[ "$count" -eq 32 ] || { echo "$count samples, 32 wanted"; exit 1; }

all=$dir/right-30-1.xml
refused() { # name, sed script
	sed "$2" "$all" >"$dir/wrong.xml"
	if cmp -s "$all" "$dir/wrong.xml"; then
		echo "$1: nothing was changed"; exit 1
	fi
	if xmllint --noout --nonet --schema "$dir/transmission.xsd" \
		"$dir/wrong.xml" 2>"$dir/said"; then
		echo "$1: the schema takes it"; exit 1
	fi
	grep -q 'fails to validate' "$dir/said" || { cat "$dir/said"; exit 1; }
}
refused "unknown element" 's|<TotalSheets |<Mystery/>&|'
refused "missing total" '/<TotalImpressions /d'
refused "wrong number" 's|\(<TotalSheets [^>]*>\)41|\1-1|'
refused "number with zeros" 's|\(<TotalSheets [^>]*>\)41|\1041|'
refused "wrong unit" 's|<TotalSheets unit="sheets"|<TotalSheets unit="miles"|'
refused "no unit" 's|<TotalSheets unit="sheets"|<TotalSheets|'
refused "words as source" 's|source="sample"|source="Jane Doe"|'
refused "wrong word" 's|>idle<|>asleep<|'
refused "space at the end" 's|>canary-machine-Configuration-MakeAndModel<|>x <|'
refused "job data" \
	's|</Status>|<QueuedJobCount>1</QueuedJobCount></Status>|'
refused "unknown service" 's|service="parts"|service="espionage"|'
refused "wrong reason" 's|reason="button"|reason="whim"|'
refused "wrong transaction" 's|transaction="019|transaction="x19|'
echo "$count samples valid"
