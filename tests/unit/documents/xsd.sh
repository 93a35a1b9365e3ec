#!/bin/sh
# The schema that the catalogue prints takes every transmission that we write,
# and refuses what our own reader refuses. Checked with xmllint.
set -eu
command -v xmllint >/dev/null || { echo "xmllint is missing"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$abs_top_builddir/tests/unit/documents/print_samples" "$dir"

# All at once: reading the schema takes longer than the samples do.
set -- "$dir"/right-*.xml "$abs_top_srcdir"/docs/examples/transmission*.xml
xmllint --noout --nonet --schema "$dir/transmission.xsd" "$@" \
	2>"$dir/said" || { grep -v ' validates$' "$dir/said"; exit 1; }
count=$(grep -c ' validates$' "$dir/said")
# 62 sets of services, each with the personal gate open, shut, and shut with
# pseudonyms; and two examples
[ "$count" -eq 188 ] || { echo "$count samples, 188 wanted"; exit 1; }

all=$dir/right-062-1.xml
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
refused "a file that is never sent" \
	's|</File>|<Content>AAAA</Content></File>|'
refused "a password" \
	's|</Nvm>|<AccessSetting><Id>wifi-passphrase</Id></AccessSetting></Nvm>|'
refused "words for numbers" 's|>20 -0.5 [0-9]*<|>20 Jane<|'
refused "two spaces in numbers" 's|>20 -0.5 |>20  -0.5 |'
refused "a short digest" 's|>e3b0c44298fc|>e3b0|'
refused "event without a time" \
	'/<Event>/,/<\/Event>/{/<Time /d;}'
refused "order of documents" 's|<Engineering>|<Billing/>&|'
refused "a grant for job data" 's|service="parts"|service="job-data"|'
refused "unknown service" 's|service="parts"|service="espionage"|'
refused "wrong reason" 's|reason="button"|reason="whim"|'
refused "wrong transaction" 's|transaction="019|transaction="x19|'
echo "$count samples valid"
