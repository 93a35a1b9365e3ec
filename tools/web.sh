# Uses pages as a browser would, without JavaScript: cookies, forms with their
# hidden fields, redirects. Bash functions for tools/demo and tests/flows.
#
# The caller sets web_dir (a folder for cookies) and web_base (https://...).
# Each person has a cookie jar. After a call: web_status, web_path (where it
# ended, after redirects) and web_body (file with the page).

web_call() {
	local person=$1 out
	shift
	web_body=$web_dir/$person.html
	out=$(curl -q -sk --noproxy '*' --max-time 180 -b "$web_dir/$person.cookies" \
		-c "$web_dir/$person.cookies" -L --max-redirs 5 \
		-o "$web_body" -w '%{http_code} %{url_effective}' "$@") ||
		return 1
	web_status=${out%% *}
	web_path=${out#* }
	web_path=/${web_path#"$web_base"/}
}

# web_get PERSON PATH
web_get() {
	web_call "$1" "$web_base$2"
}

# The form whose action is $1, of the page that was fetched last, with each
# tag on a line of its own.
web_form() {
	tr '\n' ' ' <"$web_body" | sed 's/</\n</g' | awk -v action="$1" '
		/^<form/ { inside = index($0, "action=\"" action "\"") > 0 }
		inside { print }
		/^<\/form/ { if (inside) exit }'
}

# web_hidden ACTION NAME: value of a hidden field.
web_hidden() {
	web_form "$1" | grep 'type="hidden"' | grep "name=\"$2\"" |
		sed -n 's/.*value="\([^"]*\)".*/\1/p' | head -n 1
}

# web_post PERSON ACTION NAME=VALUE...: sends the form of the page that was
# fetched last; hidden fields that are not given come from the form.
web_post() {
	local person=$1 action=$2 field name args=()
	shift 2
	for name in csrf key sha256 next; do
		case " $* " in
		*" $name="*) continue ;;
		esac
		if web_form "$action" | grep -q "name=\"$name\""; then
			args+=(--data-urlencode "$name=$(web_hidden "$action" "$name")")
		fi
	done
	for field in "$@"; do
		args+=(--data-urlencode "$field")
	done
	web_call "$person" "${args[@]}" "$web_base$action"
}

# The text of a page, one line a block, for people and grep.
web_text() {
	sed -e 's/<\(p\|h1\|h2\|li\|dt\|tr\|div\)[ >]/\n&/g' "$web_body" |
		sed -e 's/<[^>]*>/ /g' -e 's/  */ /g' -e 's/^ //' |
		sed -e 's/&#39;/'"'"'/g' -e 's/&quot;/"/g' -e 's/&amp;/\&/g' |
		grep -v '^ *$'
}

# web_fact NAME: what stands beside a term in a list of facts.
web_fact() {
	tr '\n' ' ' <"$web_body" | sed "s/.*<dt>$1<\/dt>//" |
		sed -n 's/^ *<dd[^>]*>\(.*\)/\1/p' |
		sed -e 's/<\/dd>.*//' -e 's/<[^>]*>/ /g' -e 's/^ *//' -e 's/ .*//'
}
