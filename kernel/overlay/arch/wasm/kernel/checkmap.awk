# SPDX-License-Identifier: GPL-2.0-only
#
# usage: awk -f checkmap.awk sections.list vmlinux.map
#
# Checks that the link kept what sections.list promises: labels at both ends of
# their section, no gap between the pieces of a table (p2align 2), and tables that
# are walked across several sections in one piece. Fails with what is wrong.

function hex(s,    i, n)
{
	for (i = 1; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}

function bad(text)
{
	print "kernel/link: " text > "/dev/stderr"
	failed = 1
}

# Sections that one table consists of have one group.
function group(name)
{
	if (name ~ /^\.initcall/)
		return "initcall"
	if (name ~ /_sched_class$/)
		return "sched_class"
	return ""
}

function remember(labels, where,    n, i, a)
{
	n = split(labels, a, ",")
	for (i = 1; i <= n; i++)
		if (a[i] != "-")
			where[a[i]] = section
}

FNR == NR {
	if (/^#/ || NF < 4)
		next
	section = $1
	listed[section] = 1
	table[section] = $2 == 2
	order[++count] = section
	remember($3, head_of)
	remember($4, tail_of)
	next
}

NF < 4 || $1 == "-" { next }

{
	addr = hex($1)
	size = hex($3)
}

# An output section: the name follows after one blank.
match($0, /^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ [^ ]/) {
	section = $4
	inside = section in listed
	if (inside) {
		start[section] = expected = addr
		end[section] = addr + size
	}
	next
}

# A piece of it, from one object: nine blanks.
inside && match($0, /^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+         [^ ]/) {
	if (table[section] && addr != expected)
		bad("gap in " section " before " $4)
	expected = addr + size
	next
}

inside && ($4 in head_of) && head_of[$4] == section {
	seen[$4] = 1
	if (addr != start[section])
		bad($4 " is not at the start of " section)
}

inside && ($4 in tail_of) && tail_of[$4] == section {
	seen[$4] = 1
	# what follows the label must be nothing but padding
	tail_at[$4] = addr
}

END {
	for (label in tail_of) {
		section = tail_of[label]
		if (!(label in seen))
			bad(label " is not in the map")
		else if (tail_at[label] < end[section] - 64 || tail_at[label] > end[section])
			bad(label " is not at the end of " section)
	}
	for (label in head_of)
		if (!(label in seen))
			bad(label " is not in the map")
	for (i = 2; i <= count; i++) {
		a = order[i - 1]
		b = order[i]
		if (group(b) && group(a) == group(b) && start[b] != end[a])
			bad("gap between " a " and " b)
	}
	exit failed
}
