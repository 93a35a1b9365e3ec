#!/bin/bash
# Ports that tests and the demo take: one each, whoever asks at the same time,
# and those of processes that are gone come back.
. "$(dirname "$0")/lib.sh"
TMPDIR=$flow_dir

# The port that comes first after this seed.
RANDOM=7
port=$((10000 + RANDOM % 20000))
claim=$flow_dir/sluice-port.$port
first() {
	RANDOM=7
	got=$(RANDOM=7 && parts_free_port)
	[ "$got" = "$port" ]
}
gone=$(($(cat /proc/sys/kernel/pid_max) + 1)) # no process has this number
parts_port_open() { # whoever else listens just now
	return 1
}

check "a port that nobody has" first
check "is claimed by who asked" test "$(readlink "$claim")" = "$$"
check "and not given twice" eval '! first'
ln -sfn "$gone" "$claim"
check "one of a process that is gone is given" first
check "and claimed" test "$(readlink "$claim")" = "$$"

# Another one clears the dead claim and makes its own, just after this one saw
# that the claim is dead.
ln -sfn "$gone" "$claim"
readlink() {
	command readlink "$@"
	if [ ! -e "$flow_dir/overtaken" ]; then
		: >"$flow_dir/overtaken"
		(parts_clear_claim "$claim")
		ln -s "$PPID" "$claim" 2>/dev/null && : >"$flow_dir/other"
	fi
	return 0
}
first
unset -f readlink
check "somebody came between" test -e "$flow_dir/overtaken"
if [ -e "$flow_dir/other" ]; then
	check "who came first has it alone" test "$got" != "$port"
else
	check "this one has it alone" test "$got" = "$port"
fi
rm -f "$claim"

# One who died while clearing: the port is lost, no other.
ln -s "$gone" "$claim"
mkdir "$claim.cleared"
check "a claim that is being cleared stays" eval '! first'
check "and is nobody else's" test "$(readlink "$claim")" = "$gone"

parts_release_ports
check "what was taken is given back" test -z "$(find "$flow_dir" \
	-name 'sluice-port.*' -lname "$$")"
