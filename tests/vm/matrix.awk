# The boots of the matrix as a table: a row for each release, a column for each
# image builder and machine. Reads "RELEASE BUILDER COLUMN VERDICT" lines.
$3 == "-" { next }
{
	note($1, releases)
	note($2, builders)
	note($3, machines)
	cell[$1, $2, $3] = $4
	is_column[$2, $3]
}
function note(name, list,   i) {
	for (i = 1; i in list; i++)
		if (list[i] == name)
			return
	list[i] = name
}
# What stands in the columns of a row; of the head and the line below it, too.
function print_row(first, kind,   b, m, text) {
	printf "| %s |", first
	for (b = 1; b in builders; b++)
		for (m = 1; m in machines; m++) {
			if (!((builders[b], machines[m]) in is_column))
				continue
			text = kind == "line" ? "---" : kind == "head" ? \
			    builders[b] ", " machines[m] : cell[first, builders[b], machines[m]]
			printf " %s |", text
		}
	printf "\n"
}
END {
	if (!(1 in releases))
		exit
	print_row("", "head")
	print_row("---", "line")
	for (r = 1; r in releases; r++)
		print_row(releases[r], "cell")
}
