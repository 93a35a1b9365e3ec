# For flows that need a certificate for a time of their choosing, which no
# program of the product issues; sourced by them.

# certificate_dated CA KEY REQUEST FROM UNTIL OUT EXTENSION...: issued by an
# authority and its key; FROM and UNTIL as date reads them, in UTC.
certificate_dated() {
	local ca=$1 key=$2 request=$3 from=$4 until=$5 out=$6 dir code=0
	shift 6
	dir=$(mktemp -d "${TMPDIR:-/tmp}/sluice-ca-XXXXXX") || return 1
	: >"$dir/index.txt"
	{
		cat <<END
[ca]
default_ca = own
[own]
database = $dir/index.txt
new_certs_dir = $dir
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = leaf
[any]
commonName = supplied
serialNumber = optional
[leaf]
END
		printf '%s\n' "$@"
	} >"$dir/ca.conf"
	openssl ca -batch -config "$dir/ca.conf" -notext -cert "$ca" \
		-keyfile "$key" \
		-startdate "$(date -u -d "$from" +%Y%m%d%H%M%SZ)" \
		-enddate "$(date -u -d "$until" +%Y%m%d%H%M%SZ)" \
		-in "$request" -out "$out" 2>"$dir/said" || {
		code=1
		cat "$dir/said"
	}
	rm -rf "$dir"
	return "$code"
}

# server_certificate_dated KEYS NAME FROM UNTIL OUT: one of the server's, for
# the key that it has; KEYS is the server's folder of keys.
server_certificate_dated() {
	local code=0
	openssl req -new -key "$1/server.key" -subj "/CN=$2" \
		-out "$5.csr" 2>/dev/null &&
	certificate_dated "$1/server-ca.pem" "$1/server-ca.key" "$5.csr" \
		"$3" "$4" "$5" "subjectAltName = DNS:$2" \
		"extendedKeyUsage = serverAuth" \
		"keyUsage = critical, digitalSignature" || code=1
	rm -f "$5.csr"
	return "$code"
}
