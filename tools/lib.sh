# SPDX-License-Identifier: Apache-2.0
# lib.sh: what tools/boot, tools/check and tools/deps share; read by them with `.`.
# shellcheck shell=sh
#
# A script sets $script, its name. All that is said goes to stderr: stdout belongs
# to the guest's console.

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
preset=${WL_PRESET:-release}
build=$top/build/$preset
began=$(date +%s)

say() {
	echo "${script:?}: $*" >&2
}

die() { # STATUS TEXT...
	status=$1
	shift
	say "$@"
	exit "$status"
}

usage() { # STATUS: the head of the script itself
	sed -n '3,/^set -eu/{/^set/d;s/^# \{0,1\}//p;}' "$0"
	exit "$1"
}

usage_error() {
	die 64 "$*; see --help"
}

# Debian's own python has Debian's python3-pexpect; one in front of it may not.
python3_path() {
	if [ -x /usr/bin/python3 ]; then
		echo /usr/bin/python3
	else
		command -v python3
	fi
}

elapsed() {
	echo "$(($(date +%s) - began)) s"
}

cache_option() { # nothing, or what tells our programs about $WL_CACHE
	[ -z "${WL_CACHE:-}" ] || echo "--cache=$WL_CACHE"
}

# From a fresh clone to everything built: packages, sources, programs, and the
# translation of kernel and BusyBox. Cheap when there is nothing to do.
set_up() {
	"$top/tools/deps" || exit $?
	configure
	if [ -t 2 ]; then
		cmake --build "$build" >&2 || die 70 "the build failed; see above"
	else
		# Without a terminal ninja's status lines are but noise.
		cmake --build "$build" -- --quiet >&2 ||
			die 70 "the build failed; see above"
	fi
	publish
	translate "$build/vmlinux.wasm"
	translate "$build/busybox/busybox"
	say "everything is built ($(elapsed))"
}

configure() {
	[ ! -e "$build/build.ninja" ] || return 0
	say "configuring $preset"
	mkdir -p "$build"
	(cd "$top" && cmake --preset "$preset" \
		-DPython3_EXECUTABLE="$(python3_path)" ${WL_CACHE:+-DWL_CACHE="$WL_CACHE"}) \
		>"$build/configure.log" 2>&1 || {
		cat "$build/configure.log" >&2
		die 70 "cmake could not configure; see above"
	}
}

# The products under names that do not depend on the preset.
publish() {
	for path in runner/runner tools/translate/wasm2so vmlinux.wasm \
		initramfs.cpio.gz sysroot; do
		name=$(basename "$path")
		if [ "$(readlink "$top/build/$name")" != "$preset/$path" ]; then
			ln -sfn "$preset/$path" "$top/build/$name"
		fi
	done
}

translate() { # FILE
	# shellcheck disable=SC2046
	"$build/tools/translate/wasm2so" $(cache_option) "$1" >/dev/null || exit $?
}
