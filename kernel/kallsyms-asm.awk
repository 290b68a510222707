# SPDX-License-Identifier: GPL-2.0-only
#
# The output of scripts/kallsyms in the syntax of the wasm assembler: a section
# without flags, a size for each symbol, no symbol in _text's place.

function close_label()
{
	if (label)
		printf "\t.size %s, . - %s\n", label, label
	label = ""
}

/^#/ { next }
/\.section/ { print "\t.section .rodata..kallsyms,\"\",@"; next }
/^\tALGN/ { print "\t.p2align 2"; next }
/^\.globl/ { close_label(); print; next }
/^[a-z_]+:$/ { label = substr($1, 1, length($1) - 1); print; next }
/^\tPTR/ { printf "\t.long %s%s\n", $3 == "-" ? "-" : "", $4; next }
{ print }
END { close_label() }
